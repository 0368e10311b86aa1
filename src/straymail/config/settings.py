"""``Settings``: the whole of ``straymail.toml``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from straymail.config.sections import Attachments, Desk, Gateway, Log, Metrics, Model, Store, resolve
from straymail.message import Address
from straymail.verdict.policy import Organisation, Policy


def default_data_dir() -> Path:
    """``/var/lib/straymail`` for root, else ``$XDG_DATA_HOME/straymail`` or ``~/.local/share/straymail``."""
    if os.geteuid() == 0:
        return Path("/var/lib/straymail")
    share = os.environ.get("XDG_DATA_HOME", "")
    return (Path(share) if share.startswith("/") else Path.home() / ".local" / "share") / "straymail"


class Settings(BaseModel):
    """Everything that can be set. Relative paths have been moved below ``data_dir`` after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder for the database, the key and the socket; relative paths stand below it. "
        "Default: /var/lib/straymail for root, else ~/.local/share/straymail (XDG).",
    )
    organisation: Organisation = Field(default=Organisation(), description="Who we are.")
    policy: Policy = Field(default=Policy(), description="What to do about what.")
    gateway: Gateway = Field(default=Gateway(), description="The doors through which mail passes.")
    desk: Desk = Field(default=Desk(), description="Held messages, notices and answers.")
    attachments: Attachments = Field(default=Attachments(), description="Reading what is enclosed.")
    store: Store = Field(default=Store(), description="Database and key.")
    model: Model = Field(default=Model(), description="What is learned, and learned weights.")
    metrics: Metrics = Field(default=Metrics(), description="Prometheus metrics.")
    log: Log = Field(default=Log(), description="Structured logs.")

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        folder = self.data_dir.expanduser().absolute()
        set_ = object.__setattr__  # the model is frozen for everybody but its own validator
        set_(self, "data_dir", folder)
        set_(self, "policy", self.policy.model_copy(update={"organisation": self.organisation}))
        for name in ("gateway", "store", "model"):
            set_(self, name, resolve(getattr(self, name), folder))
        return self

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL: ``STRAYMAIL_STORE_URL`` of the environment, ``store.url``, or SQLite below ``data_dir``."""
        return os.environ.get("STRAYMAIL_STORE_URL") or self.store.url or f"sqlite:///{self.data_dir / 'straymail.db'}"

    @property
    def desk_address(self) -> Address:
        """Where notices come from: ``desk.address``, or straymail@ the organisation's first domain."""
        domain = self.organisation.domains[0] if self.organisation.domains else "localhost"
        return self.desk.address or Address("straymail", domain)
