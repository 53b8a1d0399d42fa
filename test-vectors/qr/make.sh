#!/usr/bin/env bash
# Makes the photographs of this folder, see README.md: codes by qrencode, what happens to them by ImageMagick 6.
#
#   apt-get install qrencode imagemagick
#   test-vectors/qr/make.sh
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A line of texts.txt: a name, a tab, the text.
code() { # name, level, further options
  local name=$1 level=$2
  shift 2
  sed -n "s/^$name\t//p" texts.txt | tr -d '\n' | qrencode -8 -l "$level" -s 6 -m 4 "$@" -o "$work/$name.png" -r /dev/stdin
}
code 2021 M
code 2024 M
code indefinite M
code paper M
code link M
# Digits as digits, the rest as bytes: shorter, and what an encoder does that is not told otherwise.
sed -n "s/^2021\t//p" texts.txt | tr -d '\n' >"$work/mixed.txt"
qrencode -l M -s 6 -m 4 -o "$work/mixed.png" -r "$work/mixed.txt"
# What a scanner's program made of UTF-8 before the code was printed: the text once more, as Latin-1.
sed -n "s/^2021\t//p" texts.txt | tr -d '\n' | iconv -f latin1 -t utf-8 >"$work/twice.txt"
qrencode -8 -l M -s 6 -m 4 -o "$work/twice.png" -r "$work/twice.txt"

# A card lies on a table: the code is a small part of a grey, grained picture.
table() { # code, width, height, x, y, size of the code
  convert -size "$2x$3" -seed 7 gradient:'#c8c2b4-#8f897c' -attenuate 0.04 +noise Gaussian \
    \( "$work/$1.png" -resize "$6x$6" \) -geometry "+$4+$5" -composite "$work/scene.png"
}
# Compressed as cameras have it; without dates and other data.
photo() { convert "$work/scene.png" -strip -quality "${2:-70}" "$1.jpg"; }
change() { convert "$work/scene.png" "$@" "$work/scene.png"; }
turned() { table 2021 640 480 200 120 240; change -virtual-pixel edge -distort SRT "$1"; }

table 2021 640 480 200 120 240; photo plain
table 2024 640 480 180 100 280; photo plain-2024
table indefinite 640 480 200 120 240; photo plain-indefinite
for angle in 7 45 90 137 180 270; do turned $angle; photo "turned-$angle"; done
table 2021 640 480 200 120 240; change -flop; photo mirrored
table 2021 640 480 200 120 240; change -negate; photo negative

# The upper edge is farther away: by a third, by a half; and a card that leans to the side.
tilt() { table 2021 640 480 180 80 300; change -virtual-pixel edge -distort Perspective "$1"; photo "$2"; }
tilt '180,80 230,110 480,80 430,110 180,380 180,380 480,380 480,380' tilted-a-third
tilt '180,80 255,130 480,80 405,130 180,380 180,380 480,380 480,380' tilted-a-half
tilt '180,80 190,90 480,80 440,150 180,380 200,390 480,380 430,330' leaning
# On a bent page.
table 2021 640 480 180 80 300; change -virtual-pixel edge -wave 10x640; photo bent
table 2021 640 480 180 80 300; change -virtual-pixel edge -distort Barrel '0.15 0.0 0.0'; photo barrel

# Out of focus, by pixels; a pixel of the code is 4.4 of the picture.
for sigma in 1 2 3; do table 2021 640 480 200 120 240; change -blur "0x$sigma"; photo "blurred-$sigma"; done
table 2021 640 480 200 120 240; change -motion-blur 0x3+30; photo moved
# Light: from one side, a hard shadow across the code, a lamp's reflection, dark, pale.
table 2021 640 480 200 120 240
convert "$work/scene.png" \( -size 480x640 gradient:white-gray15 -rotate 90 \) -compose Multiply -composite "$work/scene.png"
photo light-from-a-side
table 2021 640 480 200 120 240
change -fill '#00000099' -draw 'polygon 0,480 640,60 640,480'; photo shadow
table 2021 640 480 200 120 240
change \( -size 640x480 xc:black -fill white -draw 'circle 300,200 325,200' -blur 0x12 \) -compose Screen -composite
photo reflection
table 2021 640 480 200 120 240; change -fill black -colorize 80 -attenuate 0.3 +noise Gaussian; photo dark
table 2021 640 480 200 120 240; change -fill white -colorize 75; photo pale
# Grain, strong compression, few pixels, many.
table 2021 640 480 200 120 240; change -seed 7 -attenuate 1.2 +noise Gaussian; photo grain 60
table 2021 640 480 200 120 240; photo compressed 12
table 2021 640 480 200 120 240; change -resize 50%; photo half-the-pixels
table 2021 640 480 200 120 240; change -resize 30%; photo a-third-of-the-pixels
table 2021 640 480 200 120 240; change -resize 500% -blur 0x4; photo many-pixels 40
# Everything at once, as a hand holds a telephone.
table 2021 640 480 180 80 300
change -virtual-pixel edge -distort Perspective '180,80 210,70 480,80 450,120 180,380 170,350 480,380 470,400' \
  -distort SRT 12 -blur 0x1 -modulate 70 -attenuate 0.4 +noise Gaussian
photo by-hand 70

# Dirt: a blot on the code, a finder pattern covered.
table 2021 640 480 200 120 240; change -fill '#443322' -draw 'circle 340,260 352,260'; photo blot
table 2021 640 480 200 120 240; change -fill '#998877' -draw 'rectangle 195,115 270,190'; photo covered
table 2021 640 480 -60 120 240; photo cut-off

# More than one code, or another's.
convert -size 900x520 xc:'#b5afa2' \( "$work/2021.png" -resize 240x240 \) -geometry +60+140 -composite \
  \( "$work/2024.png" -resize 300x300 -rotate 10 \) -geometry +460+80 -composite "$work/scene.png"
photo two-cards
convert -size 900x520 xc:'#b5afa2' \( "$work/link.png" -resize 160x160 \) -geometry +60+180 -composite \
  \( "$work/2021.png" -resize 300x300 \) -geometry +420+100 -composite "$work/scene.png"
photo a-card-and-a-link
convert -size 900x520 xc:'#b5afa2' \( "$work/2021.png" -resize 300x300 \) -geometry +60+100 -composite \
  \( "$work/indefinite.png" -resize 300x300 \) -geometry +500+100 -composite "$work/scene.png"
photo two-people
table mixed 640 480 200 120 240; photo mixed-modes
table paper 640 480 170 80 320; photo paper-card
table twice 640 480 170 80 320; photo written-twice
convert -size 320x240 -seed 7 plasma:gray60-gray30 "$work/scene.png"; photo nothing
table 2021 640 480 200 120 240; convert "$work/scene.png" -strip -define png:exclude-chunks=date,time \
  -colorspace Gray -colors 8 camera-frame.png
