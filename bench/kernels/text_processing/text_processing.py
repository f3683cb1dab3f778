import sys


def generate_log(lines):
    users = ["ann", "bob", "carol", "dave", "eve"]
    verbs = ["read", "write", "open", "close", "seek", "stat", "error"]
    seed = 42
    out = []
    for _ in range(lines):
        seed = seed * 16807 % 2147483647
        user = users[seed % 5]
        verb = verbs[seed // 5 % 7]
        out.append(f"  user={user}; action={verb}; file=/users/{user}/{seed % 1000}.txt; size={seed % 4096} ")
    return "\n".join(out)


def field(part):
    return part[part.find("=") + 1:]


def main(n):
    log = generate_log(n)
    reports = []
    total = 0
    errors = 0
    for line in log.split("\n"):
        parts = line.strip().split("; ")
        user = field(parts[0]).upper()
        path = field(parts[2]).replace("/", "\\")
        size = int(field(parts[3]))
        total += size
        if "error" in parts[1]:
            errors += 1
        if size > 2048:
            reports.append(f"{size:>6} {user} {path}")
    report = "\n".join(reports)
    checksum = 0
    for line in report.split("\n"):
        checksum = (checksum * 31 + len(line) + line.find("HOME") + line.find("txt")) % 1000000007
    print(total, errors, len(reports), len(report), checksum, report[:20].lower())


main(int(sys.argv[1]) if len(sys.argv) > 1 else 300000)
