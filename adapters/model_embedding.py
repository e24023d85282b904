"""Embeddings of an OpenAI-compatible endpoint, for whoever configures one."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from ledger.errors import Conflict

if TYPE_CHECKING:
    import numpy as np

_BATCH = 256
_PATIENCE_S = 60


class ModelEmbedding:
    """Places texts by a model; its name is kept with the index, so another model needs another."""

    def __init__(self, model: str, base_url: str, api_key: SecretStr) -> None:
        self.name = f"model {model}"
        self._settings = {"model": model, "base_url": base_url, "api_key": api_key}
        self._dims: int | None = None

    @property
    def dims(self) -> int:
        """How many dimensions the model has, asked once."""
        if self._dims is None:
            self._dims = len(self._ask(["dimensions"])[0])
        return self._dims

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """See `Embedding`.

        Raises:
            Conflict: The endpoint does not answer, or not with embeddings.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dims), dtype=np.float32)
        # An endpoint refuses an empty text; it is a row of zeros, as everywhere.
        rows = np.array(self._ask([text.strip() or "-" for text in texts]), dtype=np.float32)
        rows[[not text.strip() for text in texts]] = 0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, 1, lengths)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        from openai import OpenAIError

        try:
            return self._client.embed_documents(texts, chunk_size=_BATCH)
        except (OpenAIError, ValueError, TypeError, KeyError) as error:
            raise Conflict(
                f"the embedding {self.name} gives no answer ({type(error).__name__}); check "
                "DUNWELL_BASE_URL and DUNWELL_EMBEDDING_MODEL, or leave the latter out"
            ) from None

    @cached_property
    def _client(self) -> Any:
        from langchain_openai import OpenAIEmbeddings

        return OpenAIEmbeddings(
            **self._settings,
            check_embedding_ctx_length=False,  # texts go as they are, not as tokens
            timeout=_PATIENCE_S,
            max_retries=2,
        )
