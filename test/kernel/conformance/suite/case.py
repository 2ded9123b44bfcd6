"""What a case is: a sentence about a kernel's behaviour, the sentence of the specification behind it, and a function
that fails unless a running kernel behaves so."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    key: str
    title: str
    url: str


MESSAGING = Document(
    "messaging", "Messaging in Jupyter 5.5", "https://jupyter-client.readthedocs.io/en/stable/messaging.html"
)
KERNELS = Document(
    "kernels", "Making kernels for Jupyter", "https://jupyter-client.readthedocs.io/en/stable/kernels.html"
)
API = Document("api", "jupyter_client 8.10, API", "https://jupyter-client.readthedocs.io/en/stable/api/index.html")
WIDGETS = Document(
    "widgets",
    "Widget messaging protocol 2.1",
    "https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md",
)
WELCOME = Document(
    "jep65",
    "JEP 65, Replace PUB socket with XPUB socket",
    "https://github.com/jupyter/enhancement-proposals/blob/master/65-jupyter-xpub/jupyter-xpub.md",
)
KERNEL_INFO = Document(
    "jep80",
    "JEP 80, Support kernel_info request on the control channel",
    "https://github.com/jupyter/enhancement-proposals/blob/master/80-kernel-info/kernel-info.md",
)


class NotApplicable(Exception):
    """The kernel's language cannot express what the case needs, or the kernel does not claim the feature."""


class Lacks(AssertionError):
    """The kernel offers no way to do what the case asks for: a failure."""


@dataclass(frozen=True)
class Case:
    name: str
    group: str
    document: Document
    section: str
    quote: str
    body: Callable
    #: `kernel`: one that other cases use, too; `own kernel`: a fresh one; `launcher`: the case starts kernels itself.
    needs: str
    #: Seconds.
    limit: float
    #: Why the specification's sentence leaves open what this case asks for in particular; None where it says so itself.
    beyond: str | None


ALL: list[Case] = []


def group(name: str) -> Callable:
    """The decorator of the cases of one group: `@case(document, section, quote)`."""

    def case(
        document: Document,
        section: str,
        quote: str,
        *,
        needs: str = "kernel",
        limit: float = 45,
        beyond: str | None = None,
    ) -> Callable[[Callable], Callable]:
        def register(body: Callable) -> Callable:
            sentence = body.__name__.replace("_", " ")
            assert sentence not in {known.name for known in ALL}, f"two cases are called: {sentence}"
            ALL.append(Case(sentence, name, document, section, quote, body, needs, limit, beyond))
            return body

        return register

    return case
