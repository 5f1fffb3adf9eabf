"""The job worker: durable jobs of the queue, in threads of one process, in the language of the house."""

from django.conf import settings
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def work(until_empty: bool = False, threads: int = 1) -> None:
    """Work off jobs; for ever, or until the queue is empty. SIGTERM and SIGINT end it in order."""
    ours = app.connector
    assert isinstance(ours, DjangoConnector)
    tongue = translation.override(settings.LANGUAGE_CODE)  # what jobs write, everybody reads
    with tongue, app.replace_connector(ours.get_worker_connector()) as worker:
        worker.run_worker(
            wait=not until_empty,
            concurrency=threads,
            install_signal_handlers=not until_empty,
            shutdown_graceful_timeout=15,
            delete_jobs="never",
        )
