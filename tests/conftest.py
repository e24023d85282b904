"""Fixtures every test may ask for."""

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.database",
    "tests.support.shared_data",
    "tests.support.openai_server",
    "tests.support.model_gateway",
    "tests.support.desk",
    "tests.support.cash_night",
    "tests.support.api_client",
    "tests.support.case_book",
    "tests.support.played_home",
    "tests.support.hostile_model",
    "tests.support.post",
    "tests.support.browser",
]
