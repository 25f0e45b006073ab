# SPDX-License-Identifier: Apache-2.0
"""Prints results.json as one table of 80 columns and draws it: report.py RESULTS OUT_DIR."""

import json
import os
import sys
from html import escape

WIDTH = 80
BAR = 470  # of the largest value, in pixels
SERVERS = ("pledged", "nghttpd", "pgbench", "grpc-go", "tonic", "grpc-cpp", "grpc-js")
OURS, OTHER, INK, FAINT = "#1f6f5c", "#9aa7ad", "#22282b", "#6b767b"
# File, title, and the figures it shows: pattern with {} for the server, divisor, unit.
CHARTS = (
    ("health.svg", "Health check over TLS, one core",
     (("calls a second", "health/{}/per_second", 1, ""),
      ("processor time a call, microseconds", "health/{}/cpu_us", 1, " us"))),
    ("read.svg", "One-row read through row-level security, two cores for everything",
     (("calls a second, 8 connections x 32 streams", "read/8x32/{}/per_second", 1, ""),
      ("calls a second, 64 connections x 1 stream", "read/64x1/{}/per_second", 1, ""))),
    ("latency.svg", "One-row read at half of each server's own most",
     (("99th percentile, milliseconds", "latency/{}/p99_us", 1000, " ms"),
      ("calls a second at which it was taken", "latency/{}/rate", 1, ""))),
    ("start.svg", "Cold start, and memory under load",
     (("from exec to the first healthy answer, milliseconds", "start/{}/ms", 1, " ms"),
      ("peak memory under the read at 8 x 32, MiB", "read/8x32/{}/peak_kib", 1024, " MiB"))),
)


def number(value):
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(told):
    """The rows that have a bar, one line each."""
    lines = [f"{'':42}{'bar':>9} {'median':>7}  {'lowest-highest':14}", "-" * WIDTH]
    topic = None
    topics = list(dict.fromkeys(row["topic"] for row in told["rows"]))
    for row in sorted(told["rows"], key=lambda row: topics.index(row["topic"])):
        if row["topic"] != topic:
            topic = row["topic"]
            lines.append(topic)
        if "not_measured" in row:
            lines.append(f"  {row['label']}")
            lines.append(f"    not measured: {row['not_measured']}"[:WIDTH])
            continue
        label = f"{row['label']}{', ' + row['unit'].strip() if row['unit'] != 'x' else ''}"
        spread = f"{number(row['min'])}-{number(row['max'])}"
        lines.append(f"  {label:40}{row['relation'] + ' ' + number(row['bar']):>9}"
                     f" {number(row['median']):>7}  {spread:14}{'met' if row['met'] else 'MISSED'}")
    met = sum(row.get("met", False) for row in told["rows"])
    lines.append("-" * WIDTH)
    lines.append(f"{met} of {len(told['rows'])} bars met; {told['machine']['cores']} cores,"
                 f" {told['machine']['cpu']}, {told['machine']['day']}")
    noise = told["machine"]["noise"]
    if noise["repeated"] or noise["kept_though_disturbed"]:
        lines.append(f"others computed meanwhile: {noise['repeated']} measurements repeated,"
                     f" {noise['kept_though_disturbed']} of {noise['measurements']} disturbed")
    return "\n".join(lines)


def panel(figures, caption, pattern, divisor, unit, top):
    """One group of bars as SVG, and the y where the next may begin."""
    bars = [(name, figures[pattern.format(name)]) for name in SERVERS if pattern.format(name) in figures]
    out = [f'<text x="16" y="{top + 14}" fill="{FAINT}">{escape(caption)}</text>']
    most = max((bar["max"] for _, bar in bars), default=1) or 1
    y = top + 24
    for name, bar in bars:
        width = max(1, BAR * bar["median"] / most)
        out.append(f'<text x="100" y="{y + 13}" text-anchor="end" fill="{INK}">{escape(name)}</text>'
                   f'<rect x="108" y="{y}" width="{width:.1f}" height="17" rx="2"'
                   f' fill="{OURS if name == "pledged" else OTHER}"/>')
        if bar["max"] > bar["min"]:
            low, high = (108 + BAR * bar[end] / most for end in ("min", "max"))
            out.append(f'<path d="M{low:.1f} {y + 8.5}H{high:.1f}" stroke="{INK}"/>')
            width = max(width, high - 108)
        out.append(f'<text x="{116 + width:.1f}" y="{y + 13}" fill="{INK}">'
                   f'{number(bar["median"] / divisor)}{escape(unit)}</text>')
        y += 23
    return out, y + 12


def chart(told, title, panels):
    out, y = [], 40
    for caption, pattern, divisor, unit in panels:
        drawn, y = panel(told["figures"], caption, pattern, divisor, unit, y)
        out += drawn
    noise = told["machine"]["noise"]
    notes = (f"Medians; lines from the lowest to the highest round. {told['machine']['day']},"
             f" {told['machine']['cpu']}, {told['machine']['cores']} cores.",
             f"Others computed on the machine during {noise['kept_though_disturbed']} of the run's"
             f" {noise['measurements']} measurements.")
    for note in notes:
        out.append(f'<text x="16" y="{y + 8}" fill="{FAINT}" font-size="11">{escape(note)}</text>')
        y += 15
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{y + 20}" role="img"'
            f' font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
            f'<rect width="100%" height="100%" fill="#ffffff"/><text x="16" y="26" fill="{INK}"'
            f' font-size="16" font-weight="bold">{escape(title)}</text>\n' + "\n".join(out) + "\n</svg>\n")


def main():
    with open(sys.argv[1]) as file:
        told = json.load(file)
    for name, title, panels in CHARTS:
        if panels[0][1].format("pledged") in told["figures"]:
            with open(os.path.join(sys.argv[2], name), "w") as out:
                out.write(chart(told, title, panels))
    print(table(told))


if __name__ == "__main__":
    main()
