"""The browser UI's server: ``python -m midspan.ui.server HOST PORT [NAME ...]``, started by ``midspan ui``.

The names are further ones that it answers to. The token comes by the environment, which no other user sees.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files

from starlette.middleware import Middleware
from streamlit.starlette import App

from midspan.errors import WrongUse
from midspan.platform.settings import Settings
from midspan.ui.guard import Guard

OPTIONS = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
    "client.toolbarMode": "minimal",
}


def main(host: str, port: str, names: Sequence[str]) -> None:
    token = Settings().ui_token
    if token is None:
        raise WrongUse("the UI's server has no token: start it by `midspan ui`")
    os.umask(0o077)
    guard = Middleware(Guard, token=token.get_secret_value(), hosts=names)
    app = App(str(files("midspan.ui").joinpath("app.py")), middleware=[guard])
    with suppress(KeyboardInterrupt):
        app.run(config={**OPTIONS, "server.address": host, "server.port": int(port)})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
