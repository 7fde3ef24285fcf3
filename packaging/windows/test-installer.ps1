# Installs without questions, updates and removes while the program runs, and looks for leftovers.
. "$PSScriptRoot\common.ps1"
$Folder = Join-Path $env:LOCALAPPDATA 'Programs\Caponier'
$Link = 'HKCU:\Software\Classes\caponier'
$File = 'HKCU:\Software\Classes\.caponier'
$Run = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Run'
$Menu = Join-Path ([Environment]::GetFolderPath('Programs')) 'Caponier.lnk'
if (Test-Path $Folder) { throw "This computer has Caponier already, in $Folder." }

function Assert-That {
    param([bool] $Holds, [string] $Sentence)
    if (-not $Holds) { throw "not so: $Sentence" }
    Write-Output "ok: $Sentence"
}

function Get-LoginCommand {
    $Entry = (Get-ItemProperty $Run).PSObject.Properties['Caponier']
    if ($Entry) { $Entry.Value }
}

function Wait-Until {
    param([scriptblock] $Condition, [string] $Sentence)
    $Deadline = (Get-Date).AddSeconds(60)
    while (-not (& $Condition)) {
        if ((Get-Date) -gt $Deadline) { throw "not within a minute: $Sentence" }
        Start-Sleep -Milliseconds 200
    }
    Write-Output "ok: $Sentence"
}

function Start-AndWait {
    param([string] $Program, [string[]] $Arguments)
    $Started = Start-Process $Program -ArgumentList $Arguments -PassThru -Wait
    Assert-That ($Started.ExitCode -eq 0) "$(Split-Path -Leaf $Program) ends with status 0"
}

function Open-Window {
    $Started = Start-Process (Join-Path $Folder 'caponier-gui.exe') -PassThru
    Wait-Until { $Started.Refresh(); $Started.MainWindowHandle -ne 0 } 'the window opens' | Out-Host
    $Started
}

$Setup = Join-Path $Root "dist\caponier-$(Get-CaponierVersion)-windows-x64-setup.exe"
$Silently = @('/VERYSILENT', '/SUPPRESSMSGBOXES', '/NORESTART')
Start-AndWait $Setup ($Silently + '/TASKS=login')
Assert-That (Test-Path $Menu) 'the start menu has an entry'
Assert-That ((Get-LoginCommand) -eq "`"$Folder\caponier-gui.exe`" --hidden") 'it starts at login'
$Opened = (Get-ItemProperty "$Link\shell\open\command").'(default)'
Assert-That ($Opened -eq "`"$Folder\caponier-gui.exe`" `"%1`"") 'links open it'
$Kind = (Get-ItemProperty $File).'(default)'
$Opened = (Get-ItemProperty "HKCU:\Software\Classes\$Kind\shell\open\command").'(default)'
Assert-That ($Opened -eq "`"$Folder\caponier-gui.exe`" `"%1`"") 'files of connections open it'
Invoke-Checked (Join-Path $Folder 'caponier.exe') @('--version')

$env:CAPONIER_HOME = Join-Path ([IO.Path]::GetTempPath()) "caponier-installed-$PID"
$Window = Open-Window
Remove-ItemProperty $Run 'Caponier'
Start-AndWait $Setup $Silently
Assert-That $Window.HasExited 'an update ends the running program'
Assert-That (-not (Get-LoginCommand)) 'an update leaves switched off what was switched off'

Set-ItemProperty $Run 'Caponier' "`"$Folder\caponier-gui.exe`" --hidden"
$Window = Open-Window
Start-AndWait (Join-Path $Folder 'unins000.exe') $Silently
# The uninstaller goes on from a copy of itself in the temporary folder.
Wait-Until { -not (Test-Path $Folder) } 'its folder is gone'
Assert-That $Window.HasExited 'removal ends the running program'
Assert-That (-not (Test-Path $Menu)) 'the start menu has no entry'
Assert-That (-not (Get-LoginCommand)) 'nothing starts at login, whoever wrote it'
Assert-That (-not (Test-Path $Link)) 'links are not registered'
Assert-That (-not (Test-Path $File)) 'files of connections are not registered'
Remove-Item -Recurse -Force $env:CAPONIER_HOME -ErrorAction SilentlyContinue
