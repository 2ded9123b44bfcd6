"""
Extension of Jupyter Server: small messages of kernels leave at once.

The server never tells its sockets so. A kernel's answer to a widget comes right behind the status "busy"; where it is small, the system
holds it back until the browser has acknowledged that status, which may take 40 ms (Nagle's algorithm against delayed acknowledgements).
"""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler


def _jupyter_server_extension_points():
    return [{"module": "voxbook_server"}]


def _load_jupyter_server_extension(server):
    opened = KernelWebsocketHandler.open

    async def open_promptly(self, *args, **options):
        self.set_nodelay(True)
        await opened(self, *args, **options)

    KernelWebsocketHandler.open = open_promptly
