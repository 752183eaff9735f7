import sys
import time
from collections import Counter

from tests.simulation.histories import run
from tests.simulation.mixes import MIXES

n = int(sys.argv[1])
mixes = sys.argv[2].split(",") if len(sys.argv) > 2 else list(MIXES)
for mix in mixes:
    t = time.process_time()
    bad = []
    hap = Counter()
    for s in range(n):
        r = run(s, mix)
        hap.update(r.happened)
        if r.wrong:
            bad.append(r)
    print(mix, f"{(time.process_time() - t) / n * 1000:.2f} ms", len(bad), dict(hap))
    for r in bad[:4]:
        print("   ", r.seed, r.wrong[:600])
