"""How each kernel's language says what the cases need."""

from .ipykernel import Ipykernel
from .snippets import Snippets
from .tslab import Tslab
from .voxbook import Voxbook

PROFILES: dict[str, type[Snippets]] = {"voxbook": Voxbook, "ipykernel": Ipykernel, "tslab": Tslab}
