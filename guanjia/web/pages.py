"""The web server's program: gunicorn over the application. `python -m guanjia.web.pages HOST PORT`."""

import os
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from guanjia.web.house import keeper


class Pages(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings and no command line of its own."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.chosen = settings
        super().__init__()

    def load_config(self) -> None:
        """Take our settings alone."""
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each worker: a connection must not cross a fork."""
        from guanjia.web.wsgi import application

        return application


def main(words: list[str]) -> None:
    """Serve until told to stop. `words`: host, port, number of processes."""
    keeper.on_a_leash()
    host, port, processes = words
    settings = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker_class": "gthread",
        "workers": int(processes),
        "threads": 8,
        "timeout": 120,
        "graceful_timeout": 10,
        "keepalive": 5,
        "loglevel": os.environ.get("GUANJIA_LOG", "warning"),
        "accesslog": os.environ.get("GUANJIA_ACCESS_LOG"),
        "proc_name": "guanjia",
        "control_socket_disable": True,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
    }
    Pages(settings).run()


if __name__ == "__main__":
    main(sys.argv[1:])
