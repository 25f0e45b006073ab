# SPDX-License-Identifier: Apache-2.0
"""Synthetic files of the national return SSDA903, Header and Episodes, of any composition. No child is in them.

    python3 tests/integration/care_files.py DIRECTORY    # Leicester's composition of September 2007
"""

import csv
import datetime
import itertools
import os
import random
import sys

HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODES = ("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST",
            "PL_POST", "URN")
# The report of October 2007: 441 in care, 75 % on care orders, 69 % in foster care, 11 % in children's homes. The rest of
# each is made up.
LEICESTER = {
    "day": datetime.date(2007, 9, 30),
    "status": {"C2": 287, "C1": 44, "V2": 92, "E1": 12, "D1": 3, "L2": 1, "J1": 2},
    "place": {"F2": 200, "F1": 40, "F3": 34, "F5": 20, "F6": 10, "H3": 40, "H4": 9, "P1": 40, "A3": 6, "A5": 9, "P2": 15,
              "H1": 3, "H5": 5, "S1": 3, "R3": 4, "Z1": 3},
    "age": {0: 22, 3: 80, 7: 88, 13: 170, 16: 81}}


def written(day):
    return day.strftime("%d/%m/%Y")


def years_before(day, years, days):
    """A day of birth that makes someone so many years old on `day`."""
    return day.replace(year=day.year - years) - datetime.timedelta(days=days)


def spread(counts, shuffle):
    every = list(itertools.chain.from_iterable([code] * number for code, number in counts.items()))
    shuffle(every)
    return every


class Files:
    """Rows of both files; `child` adds a child with its episodes."""

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.header, self.episodes = [], []

    def child(self, born, *episodes):
        """Each episode is (DECOM, RNE, LS, PLACE, DEC or None, REC)."""
        number = len(self.header)
        identifier = f"QX{number:06d}ZKJ"
        self.header.append((identifier, "1", written(born), "NOBT", f"W{number:011d}Q", "", ""))
        for begun, reason, status, place, ended, why in episodes:
            self.episodes.append((identifier, written(begun), reason, status, "N1", place, "", ended and written(ended), why, "",
                                  f"ZX{number % 90 + 10} {number % 9}QJ", f"YX{number % 90 + 10} {number % 9}QV", ""))
        return identifier

    def of(self, composition):
        """Adds children in care of this composition, and some who are not counted: they left, came later, or had short breaks."""
        day, shuffle = composition["day"], self.random.shuffle
        begun = day - datetime.timedelta(days=10)
        before = begun - datetime.timedelta(days=3)
        for status, place, age in zip(*(spread(composition[part], shuffle) for part in ("status", "place", "age"))):
            born = years_before(day, age, self.random.randrange(20, 360))
            earlier = (before, "S", "V2", place, begun, "X1")
            self.child(born, *([earlier] if self.random.random() < 0.5 else []), (begun, "S", status, place, None, ""))
        later = day + datetime.timedelta(days=1)
        place = next(iter(composition["place"]))
        for episode in ((begun, "S", "V2", place, day, "E8"), (later, "S", "C2", place, None, ""),
                        (begun, "S", "V4", place, None, "")):
            for _ in range(7):
                self.child(years_before(day, 9, 100), episode)
        shuffle(self.episodes)
        return self

    def write(self, directory):
        """The paths of both files."""
        paths = os.path.join(directory, "Header.csv"), os.path.join(directory, "Episodes.csv")
        for path, columns, rows in zip(paths, (HEADER, EPISODES), (self.header, self.episodes)):
            with open(path, "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([columns, *rows])
        return paths

    def secrets(self):
        """Everything in the files that could lead to a child, in usual ways of writing it."""
        found = set()
        for child, _, born, _, upn, *_ in self.header:
            day = datetime.datetime.strptime(born, "%d/%m/%Y")
            found |= {child, child.lower(), upn}
            found |= {day.strftime(form) for form in ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d%m%Y", "%d-%m-%Y", "%d.%m.%Y")}
        for row in self.episodes:
            found |= {row[10], row[11], row[10].replace(" ", ""), row[11].replace(" ", "")}
            found.add(",".join(value or "" for value in row))
        return found


if __name__ == "__main__":
    print(*Files().of(LEICESTER).write(sys.argv[1]))
