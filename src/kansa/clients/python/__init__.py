"""Ask the gate from Python: one class, standard library only, with a time-out and a stated way to fail.

    with Gate("https://gate.example:8443", token="…", timeout=0.25) as gate:
        answer = gate.ask(Question("login", subject={"type": "account", "id": "acme"}, resource={"type": "site", "id": "s1"}))
    if answer.permitted: ...

A client that fails *closed* holds when the gate is silent. One that fails *open* goes on, but only once the bypass is
durable in its spool; `deliver` brings the spool to the evidence log later.
"""

from kansa.clients.python.ask import Answer, Gate, Question
from kansa.clients.python.bypass import Spool, deliver

__all__ = ["Answer", "Gate", "Question", "Spool", "deliver"]
