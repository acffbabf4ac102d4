#!/bin/sh
# WebKitGTK's WebDriver, whose browser has no headless mode, with a display of its own that nobody sees.
# Whoever starts this gets the driver itself. It ends with whoever started it, and the display with it,
# however they end.
set -e

number=$(mktemp -u)
mkfifo "$number"
setpriv --pdeathsig TERM Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3>"$number" >/dev/null 2>&1 &
read -r display <"$number"
rm "$number"

DISPLAY=:$display exec setpriv --pdeathsig TERM WebKitWebDriver "$@"
