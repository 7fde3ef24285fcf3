; The installer for one person: no administrator, nothing outside that person's own folders and registry.
; usage: ISCC /DVersion=0.1.0 /DNumbers=0.1.0.0 caponier.iss      (make-installer.ps1 does it; Inno Setup 6.3 or newer)
; Saved connections and secrets are the person's, not the program's: neither update nor removal touches them.

#ifndef Version
  #error Say which version: /DVersion=0.1.0 /DNumbers=0.1.0.0
#endif
#define Bundle "..\..\dist\caponier"
#define RunKey "Software\Microsoft\Windows\CurrentVersion\Run"
#define ApprovedKey "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

[Setup]
AppId=io.github.caponier.Caponier
AppName=Caponier
AppVersion={#Version}
AppPublisher=The Caponier authors
VersionInfoVersion={#Numbers}
PrivilegesRequired=lowest
; Without an administrator this is %LOCALAPPDATA%\Programs\Caponier.
DefaultDirName={autopf}\Caponier
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Windows 10, version 1809: the oldest that Qt 6 runs on.
MinVersion=10.0.17763
SetupIconFile=..\..\build\caponier\caponier-gui.ico
UninstallDisplayIcon={app}\caponier-gui.exe
UninstallDisplayName=Caponier
OutputDir=..\..\dist
OutputBaseFilename=caponier-{#Version}-windows-x64-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
; An update must not switch on again at login what the person switched off in the window.
UsePreviousTasks=no
; An update asks first, then ends the running window and every `caponier up`, which would hold their own files.
; By force, because a window that is closed stays in the tray.
CloseApplications=force
CloseApplicationsFilter=*.exe,*.dll,*.pyd
RestartApplications=no

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "login"; Description: "Start Caponier when I log in"; Flags: unchecked

[InstallDelete]
; A module that the new version no longer has must not be found by it.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Caponier"; Filename: "{app}\caponier-gui.exe"; Comment: "Keeps warehouse connections reachable through bastion hosts"

[Registry]
; The same value that the switch in the window writes.
Root: HKCU; Subkey: "{#RunKey}"; ValueType: string; ValueName: "Caponier"; ValueData: """{app}\caponier-gui.exe"" --hidden"; Tasks: login
; Whoever wrote them, the window or this installer: nothing starts a program that is gone.
Root: HKCU; Subkey: "{#RunKey}"; ValueType: none; ValueName: "Caponier"; Flags: dontcreatekey uninsdeletevalue
Root: HKCU; Subkey: "{#ApprovedKey}"; ValueType: none; ValueName: "Caponier"; Flags: dontcreatekey uninsdeletevalue
; caponier:// links (Microsoft, "Registering an Application to a URI Scheme").
Root: HKCU; Subkey: "Software\Classes\caponier"; ValueType: string; ValueData: "URL:Caponier connection"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\caponier"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\caponier\DefaultIcon"; ValueType: string; ValueData: """{app}\caponier-gui.exe"",0"
Root: HKCU; Subkey: "Software\Classes\caponier\shell\open\command"; ValueType: string; ValueData: """{app}\caponier-gui.exe"" ""%1"""
; Files of connections (Microsoft, "File Types").
Root: HKCU; Subkey: "Software\Classes\.caponier"; ValueType: string; ValueData: "Caponier.Connections"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\.caponier"; ValueType: string; ValueName: "Content Type"; ValueData: "application/vnd.caponier+json"
Root: HKCU; Subkey: "Software\Classes\Caponier.Connections"; ValueType: string; ValueData: "Caponier connections"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Caponier.Connections\DefaultIcon"; ValueType: string; ValueData: """{app}\caponier-gui.exe"",0"
Root: HKCU; Subkey: "Software\Classes\Caponier.Connections\shell\open\command"; ValueType: string; ValueData: """{app}\caponier-gui.exe"" ""%1"""

[Run]
Filename: "{app}\caponier-gui.exe"; Description: "{cm:LaunchProgram,Caponier}"; Flags: nowait postinstall skipifsilent

[UninstallDelete]
Type: filesandordirs; Name: "{app}\_internal"
Type: dirifempty; Name: "{app}"

[Code]
// An update has the Restart Manager; the uninstaller has nothing like it. A program ended this way loses no saved
// state: every file is replaced as a whole. Chosen by path, so that a copy from the zip goes on running.
procedure EndPrograms;
var
  Folder, Command: String;
  Status: Integer;
begin
  Folder := AddBackslash(ExpandConstant('{app}'));
  StringChangeEx(Folder, '''', '''''', True);
  Command := 'Get-Process caponier, caponier-gui -ErrorAction SilentlyContinue | '
    + 'Where-Object { $_.Path -and $_.Path.StartsWith(''' + Folder + ''', ''OrdinalIgnoreCase'') } | '
    + 'ForEach-Object { $_.Kill(); [void] $_.WaitForExit(5000) }';
  Exec(ExpandConstant('{sys}\WindowsPowerShell\v1.0\powershell.exe'), '-NoProfile -NonInteractive -Command "' + Command + '"',
    '', SW_HIDE, ewWaitUntilTerminated, Status);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if Step = usUninstall then
    EndPrograms;
end;
