#!/usr/bin/env bash
# Install the Debian or Ubuntu packages that are missing, and only those.
#
# usage: dev/system-packages.sh GROUP...
#   tools        make, Python and its venv module (PYTHON names another interpreter than python3)
#   run          the shared libraries and the font that Qt opens at start
#   papers       what makes PDF: Pango, and HarfBuzz to keep only the letters that are used
#   servers      the programs of the end-to-end tests
#   screenreader a virtual screen and what a screen reader needs, to drive the console with
#   rigs         a C compiler, for the disk that fails on purpose, and what hears system calls
#   screenshots  fonts for the scripts and pictures in the screenshots
#
# Installs as root or where sudo asks for no password. Elsewhere it prints the command to type and
# ends with an error. It never asks a question. On systems other than Linux it does nothing.
set -euo pipefail
exec </dev/null
PATH=$PATH:/usr/sbin:/sbin
missing=()

need_program() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null || missing+=("$2")
}

need_library() { # FILE PACKAGE
  grep -qF "$1" <<<"$libraries" || missing+=("$2")
}

need_font() { # FILE-PATTERN PACKAGE
  [ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname "$1" -print -quit 2>/dev/null)" ] ||
    missing+=("$2")
}

tools() {
  local python=${PYTHON:-python3}
  need_program make make
  need_program "$python" "$(basename "$python")"
  # Debian splits this part of the standard library off.
  "$python" -c 'import ensurepip' 2>/dev/null || missing+=("$(basename "$python")-venv")
}

run() {
  local libraries
  libraries=$(ldconfig -p)
  need_library libglib-2.0.so.0 libglib2.0-0
  need_library libEGL.so.1 libegl1
  need_library libGL.so.1 libgl1
  need_library libxkbcommon.so.0 libxkbcommon0
  need_library libdbus-1.so.3 libdbus-1-3
  need_library libfontconfig.so.1 libfontconfig1
  need_library libxcb-cursor.so.0 libxcb-cursor0
  need_library libxcb-icccm.so.4 libxcb-icccm4
  need_library libxcb-keysyms.so.1 libxcb-keysyms1
  need_library libxcb-shape.so.0 libxcb-shape0
  need_library libxcb-xkb.so.1 libxcb-xkb1
  need_library libxkbcommon-x11.so.0 libxkbcommon-x11-0
  need_font '*.[to]tf' fonts-dejavu-core
}

papers() {
  local libraries
  libraries=$(ldconfig -p)
  need_library libpango-1.0.so.0 libpango-1.0-0
  need_library libpangoft2-1.0.so.0 libpangoft2-1.0-0
  need_library libharfbuzz-subset.so.0 libharfbuzz-subset0
}

servers() {
  need_program postfix postfix
  need_program gnome-keyring-daemon gnome-keyring
  need_program dbus-daemon dbus
  [ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || need_program initdb postgresql
}

screenreader() {
  need_program Xvfb xvfb
  need_program dbus-daemon dbus
  need_program matchbox-window-manager matchbox-window-manager
  need_program xdotool xdotool
  need_program xset x11-xserver-utils
  [ -e /usr/libexec/at-spi-bus-launcher ] || missing+=(at-spi2-core)
  /usr/bin/python3 -c 'import pyatspi' 2>/dev/null || missing+=(python3-pyatspi gir1.2-atspi-2.0)
}

rigs() {
  need_program gcc gcc
  [ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
  need_program strace strace
}

screenshots() {
  need_font 'NotoColorEmoji.ttf' fonts-noto-color-emoji
  need_font 'NotoSansArabic-Regular.ttf' fonts-noto-core
}

[ "$(uname -s)" = Linux ] || exit 0
for group in "$@"; do "$group"; done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=(env)
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n env)
else
  as_root=()
fi
if [ ${#as_root[@]} = 0 ] || ! command -v apt-get >/dev/null; then
  echo "CrisisDesk needs packages that are missing here. Type this, then try again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi

apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o Dpkg::Use-Pty=0
  -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=30)
echo "installing ${missing[*]} ..." >&2
"${apt[@]}" update >&2
case " ${missing[*]} " in
  *" postfix "*)
    # Without this the package would set up a mail server for the whole machine.
    command -v debconf-set-selections >/dev/null &&
      "${as_root[@]}" debconf-set-selections >&2 \
        <<<'postfix postfix/main_mailer_type select No configuration'
    ;;
esac
"${apt[@]}" install --no-install-recommends "${missing[@]}" >&2
