"""Ways to change a small valid file: bits and bytes anywhere, numbers at their edges, and its parts where it has some.

A change takes a random generator, the file, and other valid files of its kind to be spliced with.
"""

import copy
import functools
import gzip
import io
import json
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

EDGES = (
    0,
    1,
    2,
    7,
    127,
    128,
    255,
    256,
    65_535,
    1 << 20,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    (1 << 63) - 1,
    1 << 63,
    (1 << 64) - 1,
)
NUMBERS = (b"0", b"-1", b"1e999", b"-1e308", b"NaN", b"Infinity", b"1e-400", b"9" * 25, b"9" * 400, b"9" * 5000, b"0x10",
           b"1_000",
           "\N{ARABIC-INDIC DIGIT THREE}".encode(), b"2147483648", b"18446744073709551616", b"1.5", b"",
           b"+7", b"00")  # fmt: skip
TEXTS = (
    "", " ", "a" * 100, "b" * 5_000, "\x00", "\n", "\r\n", "\x1b[31m", "\ud800", "\udcff", "\u202egnirts", "\u200b", "\ufeff",
    "3\N{COMBINING ENCLOSING KEYCAP}", "דוד", "数字", "رقم", "\N{MUSICAL SYMBOL G CLEF}", "../../etc/passwd", "/etc/passwd",
    "C:\\x",
    "..", ".", "a/b", "![x](http://x.invalid/a.png)", "[x](javascript:alert(1))", "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    ":material/home:", "$x^2$", "{x}", "{0}", "{x.__class__}", "%s%n", "'; DROP TABLE", "null", "True", "-1", "1e999",
    "recording",
    "20261130-120000-abcdef", "20261130-120000-abcdef@7", "default", "mnist", "digits", "upload-0123456789ab", "con", "__proto__",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 10, 255, 1 << 31, -(1 << 31), 1 << 53, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30,
    10**400, 0.0, -0.0,
    0.5, 1.5, -1.5, 1e-320, 1e30, 1e300, 1.7e308, -1.7e308, float("nan"), float("inf"), float("-inf"), [], {}, [[]],
    [0], [None], [1, 2, 3],
    {"a": 1}, [[1, 2], [3]], [0.1] * 20, [[0] * 10] * 10, {"template": "{x!r:>999}", "values": {"x": 1}},
)  # fmt: skip
DEEP = (b"[" * 100_000, b'{"a":' * 50_000, b"[" * 900 + b"]" * 900)


def any_bytes(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """One to four changes of bytes, most of them near the beginning, where headers are."""
    data = bytearray(file)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        _change(rng, data, others)
    return bytes(data)


def _change(rng: random.Random, data: bytearray, others: Sequence[bytes]) -> None:
    size = len(data)
    at = rng.randrange(min(size, 96) if rng.random() < 0.5 else size) if size else 0
    match rng.randrange(11):
        case 0 if size:
            data[at] ^= 1 << rng.randrange(8)
        case 1 if size:
            data[at] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
        case 2:
            width, order = rng.choice((1, 2, 4, 8)), rng.choice(("little", "big"))
            data[at : at + width] = (rng.choice(EDGES) % (1 << 8 * width)).to_bytes(width, order)
        case 3:
            del data[at : at + rng.choice((1, 2, 4, 16, 64, 500))]
        case 4:
            data[at:at] = data[at : at + rng.choice((1, 4, 16, 64))] * rng.choice((1, 2, 50))
        case 5:
            data[at:at] = rng.randbytes(rng.choice((1, 2, 4, 16)))
        case 6:
            del data[at:]
        case 7:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            data[at:] = other[begin:]
        case 8:
            data[at:at] = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
        case _:
            digits = list(re.finditer(rb"\d+(\.\d+)?", bytes(data[:4096])))
            if digits:
                begin, end = rng.choice(digits).span()
                data[begin:end] = rng.choice(NUMBERS)


def _or_bytes(change: Change) -> Change:
    """The same change, or one of bytes where a change before it has left nothing of the kind."""

    @functools.wraps(change)
    def safe(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
        try:
            return change(rng, file, others)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, zlib.error):
            return any_bytes(rng, file, others)

    return safe


# -- JSON


@_or_bytes
def any_json(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """Values of other kinds, names that do not belong there, and now and then bytes."""
    if rng.random() < 0.25:
        return rng.choice(DEEP) if rng.random() < 0.02 else any_bytes(rng, file, others)
    return dump(changed(rng, json.loads(file), [json.loads(other) for other in others[:3]]))


def any_values(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """Values of other kinds and names that do not belong there: whoever parses the JSON is not under test."""
    return dump(changed(rng, json.loads(file), [json.loads(other) for other in others[:3]]))


def dump(value: Any) -> bytes:
    """Any value as JSON, however impossible: numbers that are none, half a letter."""
    return json.dumps(value, ensure_ascii=True).encode()


def changed(rng: random.Random, value: Any, others: Sequence[Any] = ()) -> Any:
    """A copy of a value read from JSON, in which one to three places are others."""
    value = json.loads(json.dumps(value))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(value))
        if not places or rng.random() < 0.01:
            return any_value(rng)
        holder, key = rng.choice(places)
        match rng.randrange(8):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice((*TEXTS, *holder))] = holder.pop(key)
            case 2:
                other = list(_places(rng.choice(others))) if others else []
                there, name = rng.choice(other or places)
                holder[key] = json.loads(json.dumps(there[name]))
            case 3 if isinstance(holder[key], str) and holder[key].startswith('{"'):
                holder[key] = _inner(rng, holder[key])
            case 4 if isinstance(holder, list):
                holder[key:key] = [holder[key]] * rng.choice((1, 3, 300))
            case 5 if isinstance(holder, dict):
                holder[rng.choice(TEXTS)] = any_value(rng)
            case _:
                holder[key] = any_value(rng)
    return value


def _inner(rng: random.Random, text: str) -> str:
    """JSON within JSON."""
    try:
        return dump(changed(rng, json.loads(text))).decode()
    except ValueError:  # it was changed before
        return text[:-1]


def any_value(rng: random.Random) -> Any:
    return rng.choice(TEXTS) if rng.random() < 0.3 else copy.deepcopy(rng.choice(VALUES))


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value read from JSON, as what holds it and its name or number there."""
    found, left = [], [value]
    while left:
        holder = left.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        found += [(holder, key) for key in keys]
        left += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found


@_or_bytes
def any_lines(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """Lines of JSON: one of them is changed, or lines are doubled, mixed, left out, cut, or of something else."""
    if rng.random() < 0.15:
        return any_bytes(rng, file, others)
    lines = file.splitlines()
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines))
        match rng.randrange(8):
            case 0:
                lines.insert(at, rng.choice(lines))
            case 1:
                rng.shuffle(lines)
            case 2 if len(lines) > 1:
                del lines[at]
            case 3:
                lines[at] = rng.randbytes(rng.choice((0, 5, 200))).replace(b"\n", b"")
            case 4:
                lines[at] = rng.choice(DEEP)
            case _:
                try:
                    lines[at] = dump(changed(rng, json.loads(lines[at])))
                except (ValueError, RecursionError):
                    lines[at] = b"{}"
    return b"\n".join(lines) + b"\n" * (rng.random() < 0.9)


# -- files with a header of JSON, and files within files


@_or_bytes
def any_safetensors(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """Its header is changed as JSON and its length told rightly, or its bytes are."""
    if rng.random() < 0.35:
        return any_bytes(rng, file, others)
    length = int.from_bytes(file[:8], "little")
    header, body = json.loads(file[8 : 8 + length]), file[8 + length :]
    if rng.random() < 0.1:
        kind = rng.choice(("F8_E4M3", "F8_E5M2", "BF16", "F16", "F64", "I8", "U8", "I64", "U64", "BOOL", "C64", "F4"))
        for name in header:
            if name != "__metadata__":
                header[name]["dtype"] = kind
        text = dump(header)
    else:
        text = dump(changed(rng, header))
    if rng.random() < 0.1:
        body += bytes(rng.choice((1, 8, 4096)))
    return len(text).to_bytes(8, "little") + text + body


def packed(inner: Change) -> Change:
    """A gzip file: what is in it is changed, or it is."""

    def change(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
        if rng.random() < 0.5:
            return any_bytes(rng, file, others)
        if rng.random() < 0.02:
            return bomb()
        return gzip.compress(
            inner(rng, gzip.decompress(file), [gzip.decompress(other) for other in others]), 1, mtime=0
        )

    return change


@functools.cache
def bomb() -> bytes:
    """300 MB of nothing in 300 kB."""
    return gzip.compress(bytes(300 << 20), 1, mtime=0)


@functools.cache
def _zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("x", bytes(300 << 20))
    with zipfile.ZipFile(content) as file:
        entry = file.infolist()[0]
        start = entry.header_offset + 30 + len(entry.filename)
        return content.getvalue()[start : start + entry.compress_size]


PLACES = ("../../evil.json", "/tmp/evil.json", "..\\..\\evil", "C:\\evil", "a/../../b.png", "3/../../../x.png",
          "3/\x00.png", "דוד/3/א.png",
          "数/3/字.png", "3/.hidden.png", "3/" + "x" * 60_000 + ".png", "3/a.png/", "", "/", "snapshots/../../0001.safetensors",
          "snapshots/0001.safetensors", "snapshots/9999.999999.safetensors", "model.safetensors", "10/a.png", "3\u0338/a.png",
          "x_train.npy", "x_test.npy", "__MACOSX/3/a.png")  # fmt: skip


def zipped(inner: Callable[[str], Change]) -> Change:
    """A zip: what is in it (`inner` says how, by its name), where it says that it lies, or its bytes are changed."""

    def change(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
        if rng.random() < 0.3:
            return any_bytes(rng, file, others)
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
        links: set[int] = set()
        for _ in range(rng.choice((1, 1, 2))):
            at = rng.randrange(len(entries))
            name, content = entries[at]
            match rng.randrange(10):
                case 0:
                    entries[at] = rng.choice(PLACES), content
                case 1:
                    entries.append((rng.choice((*PLACES, name)), content))
                case 2 if len(entries) > 1:
                    del entries[at]
                case 3:
                    links.add(at)
                    entries[at] = name, b"../../../../etc/passwd"
                case 4:
                    entries += [(f"{number}/{name}", content) for number in range(rng.choice((1, 10, 200)))]
                case _:
                    entries[at] = name, inner(name)(rng, content, [content])
        made = _zip(rng, entries, links)
        return any_bytes(rng, made, others) if rng.random() < 0.1 else made

    return change


PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
PACKED_SO_OFTEN = (5, 5, 1, 1)  # what is packed in an uncommon way is dear to make, and refused at once


def _zip(rng: random.Random, entries: list[tuple[str, bytes]], links: set[int]) -> bytes:
    content, kind = io.BytesIO(), rng.choices(PACKED, PACKED_SO_OFTEN)[0]
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", kind) as file:
        warnings.simplefilter("ignore")  # of a name that stands twice
        for number, (name, data) in enumerate(entries):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = kind
            if number in links:
                entry.create_system, entry.external_attr = 3, 0o120777 << 16
            file.writestr(entry, data)
    made = bytearray(content.getvalue())
    if rng.random() < 0.03:
        return _with_bomb(entries)
    if rng.random() < 0.1:  # the sizes, the kind of packing or the flags of an entry of the list at the end
        found = [match.start() for match in re.finditer(rb"PK\x01\x02", bytes(made))]
        at = rng.choice(found) + rng.choice((8, 10, 16, 20, 24, 28, 42))
        width = 2 if rng.random() < 0.5 else 4
        made[at : at + width] = (rng.choice(EDGES) % (1 << 8 * width)).to_bytes(width, "little")
    return bytes(made)


def _with_bomb(entries: list[tuple[str, bytes]]) -> bytes:
    """The last entry unpacks to 300 MB, and says that it is small."""
    content, directory, packed_zeros = io.BytesIO(), [], _zip_bomb()
    for number, (name, data) in enumerate(entries):
        last, label = number == len(entries) - 1, name.encode("utf-8", "replace")[:1000]
        body = packed_zeros if last else data
        sizes = struct.pack("<III", zlib.crc32(data), len(body), 1000 if last else len(data))
        head = struct.pack("<HHHHH", 20, 0x800, 8 if last else 0, 0, 33)
        directory.append(
            b"PK\x01\x02"
            + struct.pack("<H", 20)
            + head
            + sizes
            + struct.pack("<HHHHHII", len(label), 0, 0, 0, 0, 0, content.tell())
            + label
        )
        content.write(b"PK\x03\x04" + head + sizes + struct.pack("<HH", len(label), 0) + label + body)
    at, entries_at_end = content.tell(), b"".join(directory)
    content.write(
        entries_at_end
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, len(directory), len(directory), len(entries_at_end), at, 0)
    )
    return content.getvalue()


SHAPES = ("()", "(1,)", "(-1,)", "(1, -3, 4)", "(99999999999999999999,)", "(1<<40,)", "(2, 3, 4, 5)", "(0, 4, 4)", "(True,)",
          "(2.0,)", "[2, 4, 4]", "((1,),)", "(" + "1, " * 40 + ")", "(65536, 65536, 65536)", "(" * 200, "x", "'a'")  # fmt: skip
KINDS = ("|O", "<M8[us]", "|V8", "<U4", "|S3", "<f4", "<c8", "|b1", "<i8", ">u2", "<u8", "|u1", "|i1", "x", "", "<f99", "|V0",
         "<U0", "|S0", "i4,i4", "<i16")  # fmt: skip


@_or_bytes
def any_npy(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """An array's file: its header is changed as text and its length told rightly, or its bytes are."""
    if rng.random() < 0.4:
        return any_bytes(rng, file, others)
    length = int.from_bytes(file[8:10], "little")
    header, body = file[10 : 10 + length], file[10 + length :]
    match rng.randrange(4):
        case 0:
            shape = rng.choice(SHAPES)
            header = re.sub(rb"'shape': \([^)]*\)", f"'shape': {shape}".encode(), header)
        case 1:
            kind = rng.choice(KINDS)
            header = re.sub(rb"'descr': '[^']*'", f"'descr': '{kind}'".encode(), header)
        case 2:
            kind = rng.choice(
                ("[('a', '<i4')]", "[('a', '|O')]", "None", "1", "('<i4', (2, 2))", "{'names': 1}", "[]", "[('', '')]")
            )
            header = re.sub(rb"'descr': '[^']*'", f"'descr': {kind}".encode(), header)
        case _:
            header = any_bytes(rng, header, [header])
    version = rng.choice((b"\x01\x00", b"\x01\x00", b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\xff\xff"))
    width = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(header).to_bytes(width, "little") + header + body


@_or_bytes
def any_picture(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """A PNG's parts are changed and their sums told rightly; of other kinds the bytes are."""
    if not file.startswith(b"\x89PNG") or rng.random() < 0.3:
        return any_bytes(rng, file, others)
    at, parts = 8, []
    while at < len(file):
        size = int.from_bytes(file[at : at + 4], "big")
        parts.append((file[at + 4 : at + 8], file[at + 8 : at + 8 + size]))
        at += size + 12
    for _ in range(rng.choice((1, 1, 2))):
        number = rng.randrange(len(parts))
        kind, body = parts[number]
        if kind == b"IDAT" and rng.random() < 0.5:
            body = zlib.compress(any_bytes(rng, zlib.decompress(body), [body]))
        parts[number] = (
            rng.choice((kind, kind, b"tRNS", b"PLTE", b"iCCP", b"zTXt", b"acTL", b"fcTL", b"eXIf")),
            any_bytes(rng, body, [body]),
        )
    sums = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return file[:8] + b"".join(sums)
