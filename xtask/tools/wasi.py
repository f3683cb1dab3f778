"""Runs a WASI command in Wasmtime, as a host that gives it a large stack, the environment and the files of the current folder:

wasi.py PROGRAM [ARG...]"""
import os
import sys
import threading

import wasmtime
import wasmtime._bindings

# Programs recurse as deep as under `mochi run`.
STACK = 4 << 30


def run(arguments):
    config = wasmtime.Config()
    # No more than the stack of coroutines, which there are none of.
    wasmtime._bindings.wasmtime_config_async_stack_size_set(config.ptr(), STACK)
    config.max_wasm_stack = STACK - (64 << 20)
    engine = wasmtime.Engine(config)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = arguments
    wasi.env = list(os.environ.items())
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.preopen_dir(".", ".")
    store.set_wasi(wasi)
    with open(arguments[0], "rb") as file:
        module = wasmtime.Module(engine, file.read())
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except wasmtime.ExitTrap as exit:
        return exit.code
    except wasmtime.WasmtimeError as error:
        print(error, file=sys.stderr)
        return 134
    return 0


def main():
    status.append(run(sys.argv[1:]))


status = []
threading.stack_size(STACK)
thread = threading.Thread(target=main)
thread.start()
thread.join()
sys.stdout.flush()
os._exit(status[0] if status else 134)
