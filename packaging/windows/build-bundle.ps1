# Builds dist\caponier, then asks it how it is: a bundle that fails its own test is not a bundle.
. "$PSScriptRoot\common.ps1"
# What a build stamps its files with is the time of the commit (reproducible-builds.org, "SOURCE_DATE_EPOCH").
if (-not $env:SOURCE_DATE_EPOCH) { $env:SOURCE_DATE_EPOCH = Invoke-Checked 'git' @('log', '-1', '--format=%ct') }
# The order of sets ends up in compiled modules.
$env:PYTHONHASHSEED = '0'
$Options = @('--noconfirm', '--clean', '--log-level', 'WARN')
Invoke-Checked $Python (@('-m', 'PyInstaller') + $Options + 'packaging\caponier.spec')
Invoke-Checked $Python @('packaging\notices.py', 'build\caponier\contents.json', $Bundle)
Invoke-Checked $Python @('packaging\check_bundle.py', $Bundle)
Invoke-Checked $Python @('packaging\windows\check_programs.py', $Bundle)
$Program = Join-Path $Bundle 'caponier.exe'
Invoke-Checked $Program @('--version')
# Folders of its own: the test must not see the connections of whoever builds.
$env:CAPONIER_HOME = Join-Path ([IO.Path]::GetTempPath()) "caponier-self-test-$PID"
try {
    Invoke-Checked $Program @('--self-test')
} finally {
    Remove-Item -Recurse -Force $env:CAPONIER_HOME -ErrorAction SilentlyContinue
    Remove-Item env:CAPONIER_HOME
}
