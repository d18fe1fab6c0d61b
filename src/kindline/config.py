"""Settings: default < environment `KINDLINE_...` < flag. Each line of help makes the docs."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
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
    database_url: SecretStr | None = Field(
        default=None,
        description="Where it is stored: postgresql://USER@HOST/NAME or sqlite:///FILE. Without: "
        "kindline.db in the folder.",
    )
    key_file: Path | None = Field(
        default=None,
        description="Keys that open what is stored. Without: kindline.key beside kindline.db, made "
        "with it. Keep a copy apart from the backups.",
    )
    address: str = Field(
        default="http://127.0.0.1:8000",
        description="Where people reach the pages, as https://kindline.example; links begin so.",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="Identity provider (OpenID Connect) to sign in at, as https://id.example.",
    )
    oidc_client: str = Field(default="kindline", description="What Kindline is called there.")
    oidc_secret: SecretStr | None = Field(default=None, description="Its secret there.")
    workers: int = Field(
        default=1,
        description="Processes of `kindline serve`. One does the long work too; of several none "
        "does: run `kindline work` beside them.",
    )
    webhook_hosts: str | None = Field(
        default=None,
        description="Hosts that webhooks may tell, joined by commas: hooks.example.org. Without: "
        "none.",
    )
    policy: str = Field(default="eu-strict", description="Policy profile: see `kindline policies`.")
    basis: str | None = Field(
        default=None, description="Basis for conversations that state none of their own."
    )
    redact: bool = Field(
        default=True,
        description="Blot out names, numbers and addresses before anything is read or stored.",
    )
    keep_sound: bool = Field(
        default=False,
        description="Keep recordings to be played beside their words, as long as these, with what "
        "is blotted out of the words silenced.",
    )
    heads: Path | None = Field(
        default=None,
        description="Folder that `kindline train` wrote: turns are read by its encoder as well.",
    )
    learnt: Path | None = Field(
        default=None,
        description="File that `kindline learn` wrote: needs are decided as your people settled.",
    )
    vcon_keys: Path | None = Field(
        default=None,
        description="Keys (PEM, JWK or a set of JWKs) that open and check sealed vCons.",
    )
    speech_model: str | None = Field(
        default=None,
        description="Recogniser for recordings: a folder (faster-whisper or Moonshine) or a name "
        "that `kindline models get` fetched. Without: English, offline.",
    )
    speech_device: str = Field(
        default="auto", description="Where faster-whisper runs: cpu, cuda or auto."
    )
    speech_language: str | None = Field(
        default=None, description="Language of recordings that state none, as en or nl-BE."
    )
    speech_channels: str | None = Field(
        default=None,
        description="Whose the two tracks of recordings are: customer,agent or agent,customer.",
    )
    hub: str = Field(
        default="https://huggingface.co",
        description="Where `kindline models get` fetches models of others.",
    )
    country: str | None = Field(
        default=None,
        description="Where callers are whose platform does not say: its emergency number and "
        "helplines are shown, as NL.",
    )
    timezone: str = Field(
        default="UTC", description="Whose clock tells hours and days, as Europe/Amsterdam."
    )
    twilio_token: SecretStr | None = Field(
        default=None,
        description="Auth token of Twilio, which signs its Media Streams. Without: none is let in.",
    )
    audiohook_keys: SecretStr | None = Field(
        default=None,
        description="API keys and client secrets (base64) of Genesys AudioHook, as key:secret, "
        "joined by commas. Without: none is let in.",
    )
    audiosocket: str | None = Field(
        default=None,
        description="Where Asterisk's AudioSocket is listened for and whose side comes there: "
        "customer=127.0.0.1:9092,agent=127.0.0.1:9093. Nothing signs it.",
    )
    articles: Path | None = Field(
        default=None,
        description="Folder of Markdown articles that desks suggest where a question asks for one.",
    )
    smtp: str | None = Field(
        default=None,
        description="Mail server that tells of cases: smtp://USER@HOST:587 (STARTTLS), smtps:// or "
        "smtp:// of this machine.",
    )
    smtp_password: SecretStr | None = Field(default=None, description="Password there.")
    mail_from: str = Field(
        default="kindline@localhost", description="Address that mails come from."
    )
    opinion_url: str | None = Field(
        default=None,
        description="Endpoint like that of OpenAI, ending in /v1, asked about what is unsure.",
    )
    opinion_model: str = Field(default="default", description="Model to ask there.")
    opinion_key: SecretStr | None = Field(default=None, description="Key for it, if it needs one.")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a time zone is expected, as Europe/Amsterdam") from None
        return value
