# Makes .venv, or brings it up to date, with the versions of constraints.txt.  usage: create-venv.ps1 [EXTRAS]
param([string] $Extras = 'bundle')
. "$PSScriptRoot\common.ps1"
if (-not (Test-Path $Python)) {
    # The Python on the PATH, where a build server put one; else the newest that is installed (PEP 397).
    $Starter = if (Get-Command python -ErrorAction SilentlyContinue) { 'python' } else { 'py' }
    Invoke-Checked $Starter @('-m', 'venv', '.venv')
}
$Options = @('--quiet', '--disable-pip-version-check', '-c', 'constraints.txt')
Invoke-Checked $Python (@('-m', 'pip', 'install') + $Options + @('-e', ".[$Extras]"))
