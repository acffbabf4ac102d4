#!/bin/sh
# WebKitGTK's WebDriver, which has no headless mode, with a display of its own that nobody sees. Whoever
# starts this gets the driver itself, and the display ends with it, however it ends.
set -e

number=$(mktemp -u)
mkfifo "$number"
setpriv --pdeathsig TERM Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp 3>"$number" >/dev/null 2>&1 &
read -r display <"$number"
rm "$number"

DISPLAY=:$display exec WebKitWebDriver "$@"
