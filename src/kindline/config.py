"""Settings: default < environment `KINDLINE_...` < flag. Each line of help makes the docs."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a person or an installation may choose."""

    model_config = SettingsConfigDict(
        env_prefix="KINDLINE_", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(
        default=Path("~/.kindline").expanduser(),
        description="Folder for the database and reports when no --out is given.",
    )
    policy: str = Field(default="eu-strict", description="Policy profile: see `kindline policies`.")
    basis: str | None = Field(
        default=None, description="Basis for conversations that state none of their own."
    )
