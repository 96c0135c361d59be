package story

import "sync"

// entries is what the story knows about file names. A name that is missing belongs to the operating system of the
// endpoint. The scores are engines of VirusTotal, and a reputation for what is widely trusted.
var entries = sync.OnceValue(func() map[string]entry {
	return map[string]entry{
		// The binaries of the guide's example: their hashes are given.
		"net.exe@win2012": {description: "Net Command", md5: "79b6d4c5283fc806387c55b8d7c8b762"},
		"cmd.exe@win2012": {description: "Windows Command Processor", md5: "bf93a2f9901e9b3dfca8a7982f4a9868"},

		// Windows.
		"ntoskrnl.exe":   {description: "NT Kernel & System"},
		"smss.exe":       {description: "Windows Session Manager"},
		"csrss.exe":      {description: "Client Server Runtime Process"},
		"wininit.exe":    {description: "Windows Start-Up Application"},
		"winlogon.exe":   {description: "Windows Logon Application"},
		"services.exe":   {description: "Services and Controller app"},
		"lsass.exe":      {description: "Local Security Authority Process"},
		"svchost.exe":    {description: "Host Process for Windows Services"},
		"userinit.exe":   {description: "Userinit Logon Application"},
		"explorer.exe":   {description: "Windows Explorer"},
		"cmd.exe":        {description: "Windows Command Processor"},
		"net.exe":        {description: "Net Command"},
		"net1.exe":       {description: "Net Command"},
		"powershell.exe": {description: "Windows PowerShell"},
		"taskhost.exe":   {description: "Host Process for Windows Tasks"},
		"conhost.exe":    {description: "Console Window Host"},
		"ping.exe":       {description: "TCP/IP Ping Command"},
		"wermgr.exe":     {description: "Windows Problem Reporting"},
		"schtasks.exe":   {description: "Task Scheduler Configuration Tool"},
		"wmic.exe":       {description: "WMI Commandline Utility"},
		"wmiprvse.exe":   {description: "WMI Provider Host"},
		"ntdsutil.exe":   {description: "NT5DS"},
		"vssadmin.exe":   {description: "Command Line Interface for Microsoft® Volume Shadow Copy Service"},
		"ntdll.dll":      {description: "NT Layer DLL"},
		"kernel32.dll":   {description: "Windows NT BASE API Client DLL"},

		// Programs that are the same everywhere.
		"chrome.exe":       {made: google, description: "Google Chrome", version: "54.0.2840.87", signed: "2016-10-28 05:12:00", trust: 9},
		"chrome.dll":       {made: google, description: "Google Chrome", version: "54.0.2840.87", signed: "2016-10-28 05:12:00", trust: 9},
		"googleupdate.exe": {made: google, description: "Google Installer", version: "1.3.31.5", signed: "2016-09-14 22:40:00", trust: 9},
		"adobearm.exe":     {made: adobe, description: "Adobe Reader and Acrobat Manager", version: "1.824.19.1170", signed: "2016-09-30 10:02:00", trust: 9},
		"acrord32.exe":     {made: adobe, description: "Adobe Acrobat Reader DC", version: "15.20.20039.57587", signed: "2016-10-01 09:30:00", trust: 9},
		"cb.exe":           {made: carbon, description: "Carbon Black Sensor", version: "5.2.0.60922", signed: "2016-09-22 17:45:00", trust: 10},
		"outlook.exe":      {made: office, description: "Microsoft Outlook", version: "15.0.4873.1000", signed: "2016-10-04 13:20:00", trust: 10},
		"winword.exe":      {made: office, description: "Microsoft Word", version: "15.0.4873.1001", signed: "2016-10-04 13:21:00", trust: 10},
		"excel.exe":        {made: office, description: "Microsoft Excel", version: "15.0.4873.1002", signed: "2016-10-04 13:22:00", trust: 10},
		"firefox.exe":      {made: mozilla, description: "Firefox", version: "49.0.2", signed: "2016-10-20 15:51:00", trust: 9},
		"java.exe":         {made: oracle, description: "Java(TM) Platform SE binary", version: "8.0.1120.15", signed: "2016-09-23 03:18:00", trust: 8},
		"jusched.exe":      {made: oracle, description: "Java Update Scheduler", version: "2.8.112.15", signed: "2016-09-23 03:19:00", trust: 8},
		"psexec.exe":       {made: sysint, description: "Execute processes remotely", version: "2.2", signed: "2016-06-28 18:44:00", virusTotal: 1},
		"psexesvc.exe":     {made: sysint, description: "PsExec Service", version: "2.20", signed: "2016-06-28 18:44:30", virusTotal: 2},
		"pd64.exe":         {made: sysint, description: "Sysinternals process dump utility", version: "8.0", signed: "2016-06-14 16:02:00", virusTotal: 1},
		"rar.exe":          {made: winrar, description: "Command line RAR", version: "5.40.0", signed: "2016-08-15 09:12:00"},

		// The intruder's tools.
		"svch0st.exe":  {version: "1.0", virusTotal: 43, description: "Host Process"},
		"wmihost.exe":  {version: "1.2", virusTotal: 17},
		"helpsvc.exe":  {alias: "wmihost.exe"},
		"m64.exe":      {version: "2.1.0", virusTotal: 51, description: "mimikatz for Windows", made: maker{company: "gentilkiwi (Benjamin DELPY)", product: "mimikatz"}},
		"nb.exe":       {version: "0.9", virusTotal: 6, noCopy: true},
		"kworkerd":     {version: "1", virusTotal: 29},
		"softwareupd":  {version: "1", virusTotal: 8},
		"toolbar.exe":  {made: maker{"FreeBar Ltd", "FreeBar Ltd", "COMODO Code Signing CA 2", "FreeBar"}, version: "3.3", signed: "2013-02-11 10:00:00", signature: Expired, virusTotal: 12, description: "FreeBar Toolbar"},
		"intranet.exe": {made: maker{"Brightwater", "Brightwater IT", "Brightwater Root CA", "Intranet Helper"}, version: "4.1", signed: "2015-05-04 08:00:00", signature: Untrusted, description: "Intranet start page"},
	}
})
