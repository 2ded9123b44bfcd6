"""jupyter_kernel_test, every test on, against the kernelspec named in VOXBOOK_KERNEL_NAME."""
import os
import unittest

import jupyter_kernel_test


class Official(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ["VOXBOOK_KERNEL_NAME"]
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('problem')"
    completion_samples = [{"text": "Math.sq", "matches": {"sqrt"}}, {"text": "JSON.str", "matches": {"stringify"}}]
    complete_code_samples = ["1 + 1", "const a = { b: 2 };", "function f() { return 1 }"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`open"]
    invalid_code_samples = ["const = 3", "1 +* 2"]
    code_inspect_sample = "Math.sqrt"
    code_execute_result = [{"code": "6 * 7", "result": "42"}, {"code": "'a' + 1", "result": "'a1'"}]
    code_display_data = [
        {"code": "display({ [Symbol.for('Jupyter.display')]: () => ({ 'image/png': new Uint8Array([1, 2, 3]) }) })", "mime": "image/png"},
        {"code": "display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })", "mime": "text/html"},
    ]
    code_generate_error = "throw new Error('on purpose')"
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_clear_output = "clearOutput()"
    code_page_something = "page(Math.sqrt)"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
