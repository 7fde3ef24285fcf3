#!/bin/sh
# Has Apple check a signed image, and fastens the answer to it, so that it opens without a network too.
# usage: NOTARY_PROFILE=NAME notarize-dmg.sh FILE.dmg
# The profile is made once, on the Mac that releases: xcrun notarytool store-credentials NAME. It keeps the password in
# the Keychain; none is in an argument, a file or this script.
set -eu
image=$1
: "${NOTARY_PROFILE:?name the profile that notarytool store-credentials made}"
xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
xcrun stapler staple "$image"
xcrun stapler validate "$image"
spctl --assess --type open --context context:primary-signature --verbose=2 "$image"
