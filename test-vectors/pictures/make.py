#!/usr/bin/env python3
"""Makes the pictures of this folder and expected.txt: see README.md. Nothing of ours takes part.

    pip install wsq numpy pillow
    apt-get install libopenjp2-tools libjpeg-turbo-progs imagemagick
    python3 make.py [FOLDER]
"""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

import _wsq
import numpy as np

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__)
FOLDER = FOLDER if FOLDER.is_dir() else FOLDER.parent
LINES = []


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


# ---- what is drawn ------------------------------------------------------------------------------

def grid(width, height):
    y, x = np.mgrid[0:height, 0:width].astype(float)
    return x / max(width - 1, 1), y / max(height - 1, 1)


def gradient(width, height):
    x, y = grid(width, height)
    return (x + y) / 2


def rings(width, height):
    """Ridges as of a finger: rings about a centre, bent a little."""
    x, y = grid(width, height)
    return 0.5 + 0.5 * np.sin(2 * np.pi * 12 * np.hypot(x - 0.45, 1.3 * (y - 0.55)) + 3 * x)


def hills(width, height):
    x, y = grid(width, height)
    return 0.5 + 0.5 * np.sin(2 * np.pi * 3 * x) * np.cos(2 * np.pi * 2 * y)


def noise(width, height):
    return np.random.default_rng(width * 1000 + height).random((height, width))


def checks(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return ((x // 5 + y // 3) % 2).astype(float)


def grey(picture, top=255):
    return np.round(picture * top).astype(np.uint16 if top > 255 else np.uint8)


def colour(width, height):
    return np.dstack([grey(part(width, height)) for part in (gradient, rings, checks)])


# ---- what is written ----------------------------------------------------------------------------

def expect(name, pixels, bound):
    """Samples with the high byte first, row by row; `bound` 0: every sample, else the largest difference."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    data = pixels.astype(pixels.dtype.newbyteorder(">")).tobytes()
    digest = hashlib.sha256(data).hexdigest()
    bits = 8 * pixels.dtype.itemsize
    LINES.append(f"{name}\t{width}\t{height}\t{channels}\t{bits}\t{bound}\t{digest}")
    if bound:
        # A picture to be near to: as PNG, which every program decodes alike.
        with tempfile.TemporaryDirectory() as folder:
            source = netpbm(pathlib.Path(folder), pixels)
            run("convert", source, "-strip", "-define", "png:exclude-chunks=date,time",
                FOLDER / f"{name}.expected.png")


def netpbm(folder, pixels, top=None):
    height, width = pixels.shape[:2]
    kind = "P6" if pixels.ndim == 3 else "P5"
    path = folder / ("in.ppm" if pixels.ndim == 3 else "in.pgm")
    top = top or (65535 if pixels.dtype.itemsize == 2 else 255)
    data = pixels.astype(pixels.dtype.newbyteorder(">")).tobytes()
    path.write_bytes(f"{kind}\n{width} {height}\n{top}\n".encode() + data)
    return path


def read_netpbm(path):
    data = path.read_bytes()
    words, at = [], 0
    while len(words) < 4:
        while data[at:at + 1].isspace():
            at += 1
        if data[at:at + 1] == b"#":
            at = data.index(b"\n", at)
            continue
        end = at
        while not data[end:end + 1].isspace():
            end += 1
        words.append(data[at:end])
        at = end
    kind, width, height, top = words[0], *map(int, words[1:])
    kept = np.frombuffer(data[at + 1:], ">u2" if top > 255 else "u1")
    shape = (height, width, 3) if kind == b"P6" else (height, width)
    return kept.reshape(shape).astype(np.uint16 if top > 255 else np.uint8)


def wsq(name, pixels, ratio):
    height, width = pixels.shape
    coded = _wsq.compress(pixels.tobytes(), height, width, ratio)
    (FOLDER / name).write_bytes(coded)
    decoded, width, height, _ = _wsq.decompress(coded)
    expect(name, np.frombuffer(bytes(decoded), np.uint8).reshape(height, width), 0)


def jpeg2000(name, pixels, *options, bound=0, top=None):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("opj_compress", "-i", netpbm(folder, pixels, top), "-o", FOLDER / name, *options)
        out = folder / ("out.ppm" if pixels.ndim == 3 else "out.pgm")
        run("opj_decompress", "-i", FOLDER / name, "-o", out)
        decoded = read_netpbm(out)
        if top:
            # Scaled to the full range of 16 bits.
            decoded = ((decoded.astype(np.uint64) * 65535 + top // 2) // top).astype(np.uint16)
        expect(name, decoded, bound)


def jpeg(name, pixels, *options, bound):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("cjpeg", *options, "-outfile", FOLDER / name, netpbm(folder, pixels))
        out = folder / ("out.ppm" if pixels.ndim == 3 else "out.pgm")
        run("djpeg", "-outfile", out, FOLDER / name)
        expect(name, read_netpbm(out), bound)


def png(name, pixels, *options):
    with tempfile.TemporaryDirectory() as folder:
        source = netpbm(pathlib.Path(folder), pixels)
        run("convert", source, "-strip", *options, "-define", "png:exclude-chunks=date,time", FOLDER / name)
    expect(name, pixels, 0)


# NBIS makes a plain of a mere gradient.
wsq("hills-64x64.wsq", grey(hills(64, 64)), 0.75)
wsq("rings-160x200.wsq", grey(rings(160, 200)), 0.75)
wsq("rings-161x203.wsq", grey(rings(161, 203)), 2.25)
wsq("noise-97x64.wsq", grey(noise(97, 64)), 2.25)
wsq("noise-64x95.wsq", grey(noise(64, 95)), 0.75)
wsq("checks-127x81.wsq", grey(checks(127, 81)), 2.25)
wsq("flat-70x66.wsq", np.full((66, 70), 130, np.uint8), 0.75)

jpeg2000("grey-lossless.jp2", grey(rings(61, 83)))
jpeg2000("grey-lossless.j2k", grey(rings(61, 83)))
jpeg2000("grey-16-bit.jp2", grey(rings(61, 83), 65535))
jpeg2000("grey-12-bit.j2k", grey(gradient(61, 83), 4095), top=4095)
jpeg2000("colour-lossless.jp2", colour(61, 83))
jpeg2000("colour-tiles.jp2", colour(61, 83), "-t", "24,32", "-n", "3")
jpeg2000("colour-precincts.j2k", colour(61, 83), "-n", "3", "-c", "[32,32],[32,32]", "-b", "8,8", "-p", "RPCL")
jpeg2000("colour-layers.jp2", colour(61, 83), "-r", "20,10,1")
jpeg2000("colour-lossy.jp2", colour(61, 83), "-I", "-r", "8", bound=1)
jpeg2000("grey-lossy.j2k", grey(rings(61, 83)), "-I", "-r", "6", bound=1)
jpeg2000("colour-subsampled.j2k", colour(62, 84), "-s", "2,2")

jpeg("grey.jpg", grey(rings(61, 83)), "-quality", "90", bound=1)
jpeg("colour.jpg", colour(61, 83), "-quality", "90", "-sample", "1x1", bound=3)
jpeg("colour-subsampled.jpg", colour(61, 83), "-quality", "85", "-sample", "2x2", bound=3)
jpeg("colour-progressive.jpg", colour(61, 83), "-quality", "90", "-sample", "1x1", "-progressive", bound=3)

png("grey.png", grey(rings(61, 83)))
png("grey-16-bit.png", grey(gradient(61, 83), 65535))
png("colour.png", colour(61, 83))
png("colour-interlaced.png", colour(61, 83), "-interlace", "PNG")

(FOLDER / "expected.txt").write_text(
    "# name, width, height, channels, bits, largest difference, SHA-256 of the samples; made by make.py\n"
    + "".join(line + "\n" for line in LINES))
