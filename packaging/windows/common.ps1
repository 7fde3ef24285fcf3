# What every script here starts with:  . "$PSScriptRoot\common.ps1"
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$Root = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
$Python = Join-Path $Root '.venv\Scripts\python.exe'
$Bundle = Join-Path $Root 'dist\caponier'
Set-Location $Root

# Runs a program, and ends the script where it fails: PowerShell by itself goes on.
function Invoke-Checked {
    param([Parameter(Mandatory)] [string] $Program, [string[]] $Arguments = @())
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with status $LASTEXITCODE" }
}

function Get-CaponierVersion {
    Invoke-Checked $Python @('-c', 'import desktop; print(desktop.__version__)')
}
