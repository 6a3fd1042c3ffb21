"""A stand-in certificate for nginx to load, made when one is needed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from patcher.prove.private import CannotRun, environment, run

CERTIFICATE: Final = "certificate.pem"
KEY: Final = "key.pem"

_NAME: Final = "stand-in.invalid"


def make_certificate(folder: Path) -> None:
    """Make a self-signed certificate and its key in `folder`, valid for a day.

    Raises CannotRun where neither openssl nor trustme is there to make it.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        _with_trustme(folder)
        return
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "1",
        "-subj",
        f"/CN={_NAME}",
        "-keyout",
        KEY,
        "-out",
        CERTIFICATE,
    ]
    done = run(command, folder, environment(folder))
    if done.status != 0:
        raise CannotRun("openssl made no stand-in certificate")


def _with_trustme(folder: Path) -> None:
    try:
        import trustme
    except ImportError:
        todo = "install openssl, or hanna-fix[prove]"
        raise CannotRun(f"nothing makes stand-in certificates; {todo}") from None
    made = trustme.CA().issue_cert(_NAME)
    (folder / KEY).write_bytes(made.private_key_pem.bytes())
    chain = b"".join(part.bytes() for part in made.cert_chain_pems)
    (folder / CERTIFICATE).write_bytes(chain)
