# Makes dist\caponier-VERSION-windows-x64-setup.exe with Inno Setup 6.3 or newer.
. "$PSScriptRoot\common.ps1"
$Places = @(
    (Get-Command ISCC.exe -ErrorAction SilentlyContinue | ForEach-Object { $_.Source }),
    (Join-Path ${env:ProgramFiles(x86)} 'Inno Setup 6\ISCC.exe'),
    (Join-Path $env:LOCALAPPDATA 'Programs\Inno Setup 6\ISCC.exe')
)
$Compiler = $Places | Where-Object { $_ -and (Test-Path $_) } | Select-Object -First 1
if (-not $Compiler) { throw 'Inno Setup 6 is not installed: no ISCC.exe on the PATH or in its usual folders.' }
$Version = Get-CaponierVersion
$Numbers = Invoke-Checked $Python @('packaging\windows\version_info.py', '--numbers')
Invoke-Checked $Compiler @('/Qp', "/DVersion=$Version", "/DNumbers=$Numbers", 'packaging\windows\caponier.iss')
