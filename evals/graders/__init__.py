"""What is right and what is wrong about how a case ended: plain functions, deterministic."""
