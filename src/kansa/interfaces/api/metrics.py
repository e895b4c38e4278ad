"""What the server tells Prometheus: how much it is asked, how it answers, how long that takes, how fresh its facts are.

Names no tenant and no caller: whoever reaches `/metrics` learns amounts only.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from kansa.gate.answer import Answer

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        answers = Counter("kansa_gate_answers", "Answers by state", ["state"], registry=self._registry)
        self._answers = {state: answers.labels(state).inc for state in ("permit", "hold", "deny")}
        self._unrecorded = Counter(
            "kansa_gate_unrecorded", "Answers held because nothing could be recorded", registry=self._registry
        )
        self._requests = Counter(
            "kansa_http_requests", "Requests by status", ["status"], registry=self._registry
        )
        self._by_status = {200: self._requests.labels("200").inc}
        self._seconds = Histogram(
            "kansa_gate_seconds", "Time to answer a request", buckets=_SECONDS, registry=self._registry
        )
        self.entries = Gauge(
            "kansa_gate_entries", "Entries of the evidence log that answers rest on", registry=self._registry
        )

    def request(self, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        count = self._by_status.get(status)
        if count is None:
            count = self._by_status[status] = self._requests.labels(str(status)).inc
        count()
        self._seconds.observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count a question that was answered."""
        self._answers[answer.state]()
        if answer.context.error is not None and answer.context.error.status == 503:
            self._unrecorded.inc()

    def page(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self._registry)
