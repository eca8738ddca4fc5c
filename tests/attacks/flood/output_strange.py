# Prints escape sequences, halves of characters, HTML and carriage returns; replaces the streams.
# verdict: others passed
# %%
import io
import sys

print("\x1b[2J\ud800\udfff\x00</pre><script>alert(1)</script>\r\r\b" * 100)
sys.stdout.write = lambda text: 10**9
sys.stdout = sys.stderr = io.StringIO()
sys.stdout.close()
