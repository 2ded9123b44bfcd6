"""The kernels that are measured, and how each says the same things in its own language."""

TYPESCRIPT = {
    "language": "typescript",
    "result": "6 * 7",
    "declare": "let x{k} = {k}",
    "use": "let y{k} = x{k} + {k}",
    "spin": "while (true) {{}}",
    "print": "for (let i = 0; i < {n}; i++) console.log(i)",
}

KERNEL = "(globalThis as any)[Symbol.for('voxbook.kernel')]"

SUBJECTS = {
    "voxbook": {
        **TYPESCRIPT,
        "echo": f"{KERNEL}.comms.onOpen('echo', (comm: any) =>"
        " comm.onMessage((m: any) => comm.send({}, { buffers: m.buffers, transfer: true })))",
        "spins": {
            "a synchronous loop": "while (true) {{}}",
            "a loop after an await": "await new Promise((go) => setTimeout(go, 10)); while (true) {{}}",
            "a pending await": "await new Promise(() => {{}})",
            "a loop in a timer": "setTimeout(() => {{ while (true) {{}} }}, 50); await new Promise(() => {{}})",
            "a loop in a comm callback": KERNEL.replace("{", "{{").replace("}", "}}") + ".comms.onOpen('spin', () => {{ while (true) {{}} }});"
            " await new Promise(() => {{}})",
            "a loop in a library": "'a'.repeat(40).match(/^(a+)+$b/) ; JSON.stringify(1)",
            "a library's loop behind an await": "await null; [0].map(Function('for (;;);') as any)",
            "wasm": "await null; new (globalThis as any).WebAssembly.Instance(new (globalThis as any).WebAssembly.Module("
            "Uint8Array.of(0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11))).exports.f()",
            "the worker pool": "for (;;) await median(scan, {{ radius: 5 }})",
        },
        "prepare": "import { median, samples } from 'voxbook'; const scan = await samples.electrode({ shape: [64, 160, 160] })",
        "pool": "for (;;) await median(scan, { radius: 5 })",
    },
    "python3": {
        "language": "python",
        "result": "6 * 7",
        "declare": "x{k} = {k}",
        "use": "y{k} = x{k} + {k}",
        "spin": "while True: pass",
        "print": "for i in range({n}): print(i)",
        "echo": "get_ipython().kernel.comm_manager.register_target('echo', lambda comm, _:"
        " comm.on_msg(lambda m: comm.send({}, buffers=m['buffers'])))",
        "spins": {
            "a synchronous loop": "while True: pass",
            "a loop after an await": "import asyncio\nawait asyncio.sleep(0.01)\nwhile True: pass",
            "a pending await": "import asyncio\nawait asyncio.Event().wait()",
        },
    },
    "tslab": TYPESCRIPT,
}
