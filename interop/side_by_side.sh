#!/usr/bin/env bash
# JMRTD and our library read every simulated card of the standard over PC/SC, side by side: docs/side_by_side.md.
# Installs what is missing (JDK, Maven, pcscd, the virtual reader); JMRTD comes from Maven Central.
#
#   interop/side_by_side.sh                  reads all; fails where a card is not read as it should be, or the document's
#                                            numbers of APDUs are not those of today
#   interop/side_by_side.sh --write          writes the document's tables anew, the cards that misbehave among them
#   interop/side_by_side.sh --only ca-dh-    other options: see interop/side_by_side/src/main.rs
#
# Starts pcscd where none runs, which as a rule needs root, and uses the first slot of the virtual reader.
set -euo pipefail
cd "$(dirname "$0")/.."
document=docs/side_by_side.md

case ${1:-} in
  '') options=(--check "$document") ;;
  --write) options=(--field --write "$document" "${@:2}") ;;
  *) options=("$@") ;;
esac

need() { # package, how to tell that it is there
  eval "$2" >/dev/null 2>&1 || missing+=("$1")
}
missing=()
need default-jdk-headless 'command -v javac'
need maven 'command -v mvn'
need pkg-config 'command -v pkg-config'
need libpcsclite-dev 'pkg-config --exists libpcsclite'
need pcscd 'command -v pcscd'
need vsmartcard-vpcd 'ls /etc/reader.conf.d/vpcd'
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "installing: ${missing[*]}"
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq
  ${as_root[@]+"${as_root[@]}"} apt-get install -y --no-install-recommends "${missing[@]}"
fi

peer=interop/jmrtd/target
mvn -q -B -f interop/jmrtd compile

# With libnfc as well where it is installed: so the tests build the library, and it is not built twice.
features=pcsc
if pkg-config --exists libnfc && ls /usr/lib/llvm-*/lib/libclang.so* >/dev/null 2>&1; then
  features="pcsc nfc"
fi
# Java looks for PC/SC where Debian does not keep it.
library=$(pkg-config --variable=libdir libpcsclite)/libpcsclite.so.1
cargo run -q -p cccd-interop --features "$features" -- "${options[@]}" -- \
  java -Dsun.security.smartcardio.library="$library" -cp "$peer/classes:$(cat $peer/classpath)" interop.Main
