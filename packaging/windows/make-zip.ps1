# Packs dist\caponier as dist\caponier-VERSION-windows-x64.zip, for people who may not run installers.
. "$PSScriptRoot\common.ps1"
$Archive = "dist\caponier-$(Get-CaponierVersion)-windows-x64.zip"
Invoke-Checked $Python @('packaging\windows\make_zip.py', $Bundle, $Archive)
