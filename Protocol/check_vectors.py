#!/usr/bin/env python3
"""A second implementation of the Tollgate protocol, made from PROTOCOL.md alone: it reads the tables of that file,
decodes every frame of vectors/*.json with them, checks the fields, and encodes the fields back into the same bytes.
Standard library only. Exit code 0 if all agree."""

import json
import pathlib
import re
import struct
import sys
import uuid

HERE = pathlib.Path(__file__).parent
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "bool": 1, "credits": 8, "instant": 8, "span": 8,
         "id": 16, "job": 16, "detail": 32, "text": 8}
FORMATS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i64": "<q", "credits": "<q", "instant": "<q", "span": "<q"}
JOB = [("width", "H"), ("height", "H"), ("steps", "H"), ("count", "H"), ("model", "H"), ("quality", "B"),
       ("controlNets", "B"), ("features", "I")]
# The blocks of REQUEST, RESPONSE and ITEM: (fields, where the root's length is, where the message's length is, size).
BLOCKS = {
    0x10: ([("method", 0, "u16"), ("version", 2, "u16"), ("timeoutMicroseconds", 4, "u32"), ("request", 8, "id"),
            ("trace", 24, 16), ("span", 40, 8), ("traceFlags", 48, "u8"), ("attempt", 49, "u8"), ("credit", 52, "u32")],
           50, 56, 64, [(60, 4)]),
    0x20: ([("status", 0, "u16"), ("detailType", 2, "u16"), ("retryAfterMilliseconds", 4, "u32"), ("outcome", 10, "u8"),
            ("flags", 11, "u8"), ("serverMicroseconds", 12, "u32")], 8, 16, 24, [(20, 4)]),
    0x21: ([("sequence", 0, "u32")], 4, 8, 16, [(6, 2), (12, 4)]),
}
BLOCK_MESSAGES = {0x01: "Hello", 0x02: "Welcome", 0x03: "Ping", 0x04: "Ping", 0x05: "GoAway", 0x06: "ConnectionError",
                  0x07: "Settings", 0x11: "Cancel", 0x12: "Credit", 0x22: "Unimplemented"}


class Refused(Exception):
    """The number of the problem, as PROTOCOL.md lists it."""


def need(condition, problem):
    if not condition:
        raise Refused(problem)


def size_of(kind):
    if kind.startswith("zero["):
        return int(kind[5:-1])
    if kind.startswith("column of "):
        return 8
    return 16 if kind.startswith("list of ") else SIZES[kind]


def read_spec():
    """The layouts of messages, the methods, and the layouts of details, from PROTOCOL.md's tables."""
    text = (HERE / "PROTOCOL.md").read_text(encoding="utf-8")
    layouts, methods, details, name, blocks = {"EmptyMessage": (0, [])}, {}, {}, None, {}
    for line in text.splitlines():
        if found := re.match(r"\*\*(\w+)\*\*, root (\d+) bytes\.", line):
            name = found[1]
            layouts[name] = (int(found[2]), [])
        elif line.startswith("### "):
            name = None
            blocks[line[4:]] = blocks.get(line[4:], [])
            current_block = blocks[line[4:]]
        elif found := re.match(r"\| (\d+) \| ([^|]+?) \| (\w[\w ]*?) \| ", line):
            if name:
                layouts[name][1].append((int(found[1]), found[2], found[3]))
            elif found[2] in SIZES or found[2].startswith(("zero[", "16 bytes", "8 bytes")):
                if blocks:
                    current_block.append((int(found[1]), found[2], found[3]))
        if found := re.match(r"\| (\d+) \| (\w+) \| (unary|batch|stream) \|.*\| (\w+) \| (\w+) \|$", line):
            methods[int(found[1])] = (found[2], found[3], found[4], found[5])
        elif found := re.match(r"\| (\d+) \| (\w+) \| (empty|0 [^|]+) \| ", line):
            fields = [] if found[3] == "empty" else [tuple(part.split(" ", 2)) for part in found[3].split(", ")]
            fields = [(int(f[0]), f[1], f[2] if len(f) > 2 else "reserved") for f in fields]
            big = found[2][0].upper() + found[2][1:] + "Detail"
            layouts[big] = (sum(size_of(f[1]) for f in fields), fields)
            details[int(found[1])] = big
    check_blocks(blocks)
    for name, (root, fields) in layouts.items():
        end = 0
        for offset, kind, field in fields:
            assert offset == end, f"{name}.{field} begins at {offset}, expected {end}"
            end += size_of(kind)
        assert end == root, f"{name}: {end} bytes of fields, root of {root}"
    return layouts, methods, details


def check_blocks(blocks):
    """The offsets above are those of the document."""
    for title, kind in (("REQUEST's block", 0x10), ("RESPONSE's block", 0x20), ("ITEM's block", 0x21)):
        table = {name: offset for offset, _, name in blocks[title] if name != "reserved"}
        fields, root_at, length_at, _, _ = BLOCKS[kind]
        assert table["root length"] == root_at and table["message length"] == length_at, title
        for name, offset, _ in fields:
            assert table[name] == offset, f"{title}: {name}"


class Reader:
    def __init__(self, layouts, message, root_length):
        need(root_length <= len(message), 32)
        need(root_length % 8 == 0, 33)
        self.layouts, self.message, self.end = layouts, message, root_length

    def fields(self, name, root):
        size, fields = self.layouts[name]
        root = root + bytes(max(0, size - len(root)))
        self.rows = None
        return {field: value for field, value in ((f, self.value(k, root, o)) for o, k, f in fields) if value is not None}

    def value(self, kind, root, offset):
        if kind.startswith("zero["):
            need(not any(root[offset:offset + size_of(kind)]), 34)
            return None
        if kind == "bool":
            need(root[offset] <= 1, 35)
            return root[offset] == 1
        if kind in FORMATS:
            number = struct.unpack_from(FORMATS[kind], root, offset)[0]
            return str(number) if SIZES[kind] == 8 else number
        if kind == "id":
            return str(uuid.UUID(bytes=root[offset:offset + 16]))
        if kind == "detail":
            return root[offset:offset + 32].hex()
        if kind == "job":
            return dict(zip([n for n, _ in JOB], struct.unpack_from("<" + "".join(f for _, f in JOB), root, offset)))
        if kind == "text":
            need(struct.unpack_from("<I", root, offset + 4)[0] <= 1024, 39)
            start, end = self.reference(root, offset, 1)
            try:
                return self.message[start:end].decode("utf-8")
            except UnicodeDecodeError:
                raise Refused(40)
        if kind.startswith("column of "):
            return self.column(kind[10:], root, offset)
        return self.list(kind[8:], root, offset)

    def column(self, kind, root, offset):
        rows, size = struct.unpack_from("<I", root, offset + 4)[0], SIZES[kind]
        need(rows <= 8192, 41)
        self.rows = rows if self.rows is None else self.rows
        need(rows in (0, self.rows), 44)
        start, end = self.reference(root, offset, size)
        packed = self.message[start:end] or bytes(self.rows * size)
        return [self.value(kind, packed, at) for at in range(0, len(packed), size)]

    def list(self, element, root, offset):
        _, count, stride, zero = struct.unpack_from("<IIII", root, offset)
        need(zero == 0, 34)
        need(count <= 8192, 41)
        need(stride == 0 if count == 0 else 8 <= stride <= 4096 and stride % 8 == 0, 42)
        start, end = self.reference(root, offset, stride)
        return [self.fields(element, self.message[at:at + stride]) for at in range(start, end, stride or 1)]

    def reference(self, root, offset, width):
        start, count = struct.unpack_from("<II", root, offset)
        if count == 0:
            need(start == 0, 38)
            return 0, 0
        need(start >= self.end, 37)
        end = start + count * width
        need(end <= len(self.message), 36)
        self.end = end
        return start, end


def encode(layouts, name, values):
    """The message of the fields, as a sender that leaves no gaps writes it."""
    message = bytearray(layouts[name][0])
    put(layouts, message, 0, name, values)
    return bytes(message)


def put(layouts, message, root, name, values):
    for offset, kind, field in layouts[name][1]:
        at = root + offset
        if kind.startswith("zero["):
            continue
        value = values[field]
        if kind == "bool":
            message[at] = int(value)
        elif kind in FORMATS:
            struct.pack_into(FORMATS[kind], message, at, int(value))
        elif kind == "id":
            message[at:at + 16] = uuid.UUID(value).bytes
        elif kind == "detail":
            message[at:at + 32] = bytes.fromhex(value)
        elif kind == "job":
            struct.pack_into("<" + "".join(f for _, f in JOB), message, at, *[value[n] for n, _ in JOB])
        elif kind == "text" and value:
            text = value.encode("utf-8")
            struct.pack_into("<II", message, at, len(message), len(text))
            message += text
        elif kind.startswith("column of ") and value:
            message += bytes(-len(message) % 8)
            struct.pack_into("<II", message, at, len(message), len(value))
            for cell in value:
                message += uuid.UUID(cell).bytes if kind == "column of id" else struct.pack(FORMATS[kind[10:]], int(cell))
        elif kind.startswith("list of ") and value:
            element = kind[8:]
            stride = layouts[element][0]
            message += bytes(-len(message) % 8)
            start = len(message)
            struct.pack_into("<IIII", message, at, start, len(value), stride, 0)
            message += bytes(stride * len(value))
            for index, item in enumerate(value):
                put(layouts, message, start + index * stride, element, item)


def decode_frame(spec, frame, reply_to):
    layouts, methods, details = spec
    length, kind, flags, block_length, call = struct.unpack_from("<IBBHQ", frame)
    need(length <= 1 << 20, 1)
    need(flags == 0, 5)
    need(block_length <= length, 2)
    need(block_length % 8 == 0, 4)
    least = BLOCKS[kind][3] if kind in BLOCKS else layouts[BLOCK_MESSAGES[kind]][0] if kind in BLOCK_MESSAGES else 0
    need(block_length >= least, 3)
    if kind in BLOCKS or kind in BLOCK_MESSAGES:
        need(kind >= 0x10 or call == 0, 7)
        need(kind < 0x10 or call != 0, 6)
    else:
        need(kind >= 0x80 or call != 0, 8)
    assert len(frame) == 16 + length, "the vector is one whole frame"
    block, rest = frame[16:16 + block_length], frame[16 + block_length:]
    if kind in BLOCK_MESSAGES:
        name = BLOCK_MESSAGES[kind]
        reader = Reader(layouts, block + rest, block_length)
        return {"type": kind, "call": str(call), "head": {}, "message": name, "fields": reader.fields(name, block)}
    head_fields, root_at, length_at, _, reserved = BLOCKS[kind]
    for at, count in reserved:
        need(not any(block[at:at + count]), 9)
    head = {}
    for name, offset, form in head_fields:
        if isinstance(form, int):
            head[name] = block[offset:offset + form].hex()
        elif form == "id":
            head[name] = str(uuid.UUID(bytes=block[offset:offset + 16]))
        else:
            head[name] = struct.unpack_from(FORMATS[form], block, offset)[0]
    root_length, message_length = struct.unpack_from("<H", block, root_at)[0], struct.unpack_from("<I", block, length_at)[0]
    need(message_length <= len(rest), 10)
    need(len(rest) - message_length <= 8192, 11)
    if kind == 0x10:
        name = methods[head["method"]][2]
    elif kind == 0x20 and head["status"] != 0:
        name = details.get(head["detailType"], "EmptyMessage")
    else:
        name = "EmptyMessage" if kind == 0x20 and methods[reply_to][1] == "stream" else methods[reply_to][3]
    message = rest[:message_length]
    reader = Reader(layouts, message, root_length)
    fields = reader.fields(name, message[:root_length])
    return {"type": kind, "call": str(call), "head": head, "message": name, "fields": fields}


def main():
    spec = read_spec()
    checked, failures = 0, []
    for path in sorted((HERE / "vectors").glob("*.json")):
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
            checked += 1
            frame, label = bytes.fromhex(vector["hex"]), f"{path.name} {vector['name']}"
            if "problem" in vector:
                try:
                    decode_frame(spec, frame, 20)
                    failures.append(f"{label}: taken, expected problem {vector['problem']}")
                except Refused as refused:
                    if refused.args[0] != vector["problem"]:
                        failures.append(f"{label}: problem {refused.args[0]}, expected {vector['problem']}")
                continue
            found = decode_frame(spec, frame, vector["replyTo"])
            for key, value in found.items():
                if value != vector[key]:
                    failures.append(f"{label}: {key} is {value}, expected {vector[key]}")
            start = 16 if vector["type"] not in BLOCKS else 16 + BLOCKS[vector["type"]][3]
            if encode(spec[0], vector["message"], vector["fields"]) != frame[start:]:
                failures.append(f"{label}: encodes to other bytes")
    for failure in failures:
        print(failure)
    layouts, methods, details = spec
    print(f"{checked} vectors, {len(layouts)} layouts, {len(methods)} methods, {len(details)} details: "
          + (f"{len(failures)} failures" if failures else "all agree"))
    return 1 if failures or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
