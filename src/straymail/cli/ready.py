"""What settings leave undone: what keeps the guard from serving, and what it can serve with and should not."""

from __future__ import annotations

from straymail.config import Off, Settings
from straymail.errors import BadInput
from straymail.gateway.starttls import server_context
from straymail.record import Record, log
from straymail.verdict.advice import advice

UNANSWERABLE = (
    "organisation.domains is empty: nobody is known as one of yours, and the questions put to senders cannot be "
    "answered. Name your domains there, or give them to `straymail learn --own`."
)


def remarks(settings: Settings) -> list[str]:
    """What is unwise, in sentences."""
    unanswerable = [] if settings.organisation.domains or settings.desk.address else [UNANSWERABLE]
    return [*unanswerable, *advice(settings.policy)]


def refuse_unready(settings: Settings) -> None:
    """Raise what nobody could serve with.

    Raises:
        BadInput: the proxy's certificate is missing or cannot be used, or every door is shut.
    """
    gateway = settings.gateway
    if isinstance(gateway.listen, Off) and isinstance(gateway.milter, Off):
        raise BadInput("every door is shut: no mail would ever come", field="gateway", allowed="a milter, or listen")
    if isinstance(gateway.listen, Off):
        return
    for name in ("tls_cert", "tls_key"):
        file = getattr(gateway, name)
        if file is None:
            continue
        try:
            with file.open("rb"):
                pass
        except OSError as error:
            raise BadInput(f"cannot be read: {error.strerror}", file=str(file), field=f"gateway.{name}") from error
    if gateway.tls_cert and gateway.tls_key:
        server_context(gateway.tls_cert, gateway.tls_key)


def refuse_other_key(record: Record, settings: Settings) -> None:
    """Raise where the key is not that of the database: nothing in custody could be read, no answer would be accepted.

    Raises:
        BadInput: the head of the decision log was not made with it.
    """
    with record.reading() as connection:
        ours = log.signed_here(connection, record.keys)
    if not ours:
        problem = "is not the key of this database, or its decision log was tampered with"
        file = str(settings.store.key_file)
        raise BadInput(problem, file=file, allowed="the key file that was kept with it; see `straymail log verify`")
