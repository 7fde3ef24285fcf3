# Writes dist\SHA256SUMS for the zip and the installer, in the form that `sha256sum --check` reads.
. "$PSScriptRoot\common.ps1"
$Lines = Get-ChildItem (Join-Path $Root 'dist') -File -Filter 'caponier-*' | Sort-Object Name | ForEach-Object {
    "$((Get-FileHash $_.FullName -Algorithm SHA256).Hash.ToLowerInvariant())  $($_.Name)"
}
[IO.File]::WriteAllText((Join-Path $Root 'dist\SHA256SUMS'), (($Lines -join "`n") + "`n"))
