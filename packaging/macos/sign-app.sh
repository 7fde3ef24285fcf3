#!/bin/sh
# Signs dist/Caponier.app, from the inside to the outside (Apple, "Signing a Mac Product For Distribution").
# usage: [CODESIGN_IDENTITY="Developer ID Application: NAME (TEAM)"] sign-app.sh
#
# With an identity: hardened runtime, time stamp, ready for notarize-dmg.sh. The Keychain lets an update read what the
# version before it stored, because the identifier and the team stay the same.
# Without one: an ad hoc signature, which Apple silicon asks for at least. It has no team; the Keychain knows such a
# program by its hash alone, and asks once more after each update.
set -eu
cd "$(dirname "$0")/../.."
app=dist/Caponier.app
identifier=io.github.caponier.Caponier
identity=${CODESIGN_IDENTITY:--}

sign() {
    if [ "$identity" = - ]; then
        # No hardened runtime: it would refuse libraries that no team has signed.
        codesign --force --sign - "$@"
    else
        codesign --force --sign "$identity" --options runtime --timestamp "$@"
    fi
}

# Libraries first. Those of a framework are signed with their framework, below.
find "$app/Contents/Frameworks" -type f \( -name '*.so' -o -name '*.dylib' \) ! -path '*.framework/*' |
    while IFS= read -r library; do sign "$library"; done
# -depth: a framework inside another one comes before it.
find "$app/Contents/Frameworks" -depth -type d -name '*.framework' |
    while IFS= read -r framework; do sign "$framework"; done
sign --identifier "$identifier" --entitlements packaging/macos/entitlements.plist "$app"

codesign --verify --deep --strict --verbose=2 "$app"
# What the Keychain will know the program by.
codesign --display --requirements - "$app"
