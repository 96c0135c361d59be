package story

import (
	"time"
)

const (
	system32 = `c:\windows\system32\`
	svc      = system32 + "svchost.exe"
)

// boot starts an endpoint and gives the processes that others are started from.
func (t *teller) boot(e *Endpoint) *host {
	switch e.Platform {
	case Linux:
		return t.bootLinux(e)
	case MacOS:
		return t.bootMac(e)
	}
	if e.Name == "WIN-IA9NQ1GN8OI" {
		return t.bootGuide(e)
	}
	h := &host{Endpoint: e}
	up := e.Booted
	h.kernel = t.begin(e, nil, launch{Path: system32 + "ntoskrnl.exe", User: "SYSTEM", At: up, PID: 4})
	smss := t.run(h.kernel, launch{Path: system32 + "smss.exe", Cmd: `\SystemRoot\System32\smss.exe`, At: up.Add(31 * time.Millisecond)})
	first := t.run(smss, launch{Path: system32 + "smss.exe", Cmd: `\SystemRoot\System32\smss.exe 00000000 00000048`, At: up.Add(3 * time.Second), For: time.Second})
	t.run(first, launch{Path: system32 + "csrss.exe", Cmd: csrss, At: up.Add(3200 * time.Millisecond)})
	wininit := t.run(first, launch{Path: system32 + "wininit.exe", Cmd: "wininit.exe", At: up.Add(3300 * time.Millisecond)})
	t.serviceTree(h, wininit, up.Add(3500*time.Millisecond))
	second := t.run(smss, launch{Path: system32 + "smss.exe", Cmd: `\SystemRoot\System32\smss.exe 00000001 00000048`, At: up.Add(3400 * time.Millisecond), For: time.Second})
	t.run(second, launch{Path: system32 + "csrss.exe", Cmd: csrss, At: up.Add(3500 * time.Millisecond)})
	h.winlogon = t.run(second, launch{Path: system32 + "winlogon.exe", Cmd: "winlogon.exe", At: up.Add(3700 * time.Millisecond)})
	if e.User != "" {
		t.logon(h, newRandom("logon "+e.Name).within(up.Add(2*time.Minute), up.Add(50*time.Minute)))
	}
	return h
}

const csrss = `%SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows SharedSection=1024,20480,768 Windows=On ` +
	`SubSystemType=Windows ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 ` +
	`ServerDll=sxssrv,4 ProfileControl=Off MaxRequestThreads=16`

// serviceTree starts the services below wininit.exe.
func (t *teller) serviceTree(h *host, wininit *Process, up time.Time) {
	h.services = t.run(wininit, launch{Path: system32 + "services.exe", Cmd: `C:\Windows\system32\services.exe`, At: up})
	h.lsass = t.run(wininit, launch{Path: system32 + "lsass.exe", Cmd: `C:\Windows\system32\lsass.exe`, At: up.Add(40 * time.Millisecond)})
	for i, s := range []struct{ args, user string }{
		{"DcomLaunch", "SYSTEM"}, {"RPCSS", "NETWORK SERVICE"}, {"LocalServiceNetworkRestricted", "LOCAL SERVICE"},
		{"netsvcs", "SYSTEM"}, {"LocalService", "LOCAL SERVICE"}, {"NetworkService", "NETWORK SERVICE"},
		{"LocalServiceNoNetwork", "LOCAL SERVICE"}, {"LocalSystemNetworkRestricted", "SYSTEM"},
	} {
		p := t.run(h.services, launch{Path: svc, Cmd: `C:\Windows\system32\svchost.exe -k ` + s.args, User: s.user, At: up.Add(time.Duration(200+90*i) * time.Millisecond)})
		if s.args == "netsvcs" {
			h.svchost = p
		}
	}
	h.sensor = t.run(h.services, launch{Path: `c:\windows\carbonblack\cb.exe`, Cmd: `C:\Windows\CarbonBlack\cb.exe`, At: up.Add(1300 * time.Millisecond)})
	t.run(h.services, launch{Path: system32 + "spoolsv.exe", Cmd: `C:\Windows\System32\spoolsv.exe`, At: up.Add(1500 * time.Millisecond)})
}

// logon starts the desktop of the endpoint's user.
func (t *teller) logon(h *host, when time.Time) {
	user := h.DomainName() + `\` + h.User
	userinit := t.run(h.winlogon, launch{Path: system32 + "userinit.exe", Cmd: `C:\Windows\system32\userinit.exe`, User: user, At: when, For: 25 * time.Second})
	h.explorer = t.run(userinit, launch{Path: `c:\windows\explorer.exe`, Cmd: `C:\Windows\Explorer.EXE`, At: when.Add(310 * time.Millisecond)})
}

// bootGuide is the start of WIN-IA9NQ1GN8OI, process by process as the guide's example shows it.
func (t *teller) bootGuide(e *Endpoint) *host {
	guid := func(s string) GUID {
		id, err := ParseGUID(s)
		if err != nil {
			panic(err) // a constant of the story
		}
		return id
	}
	start := func(parent *Process, id, path, cmd, user string, lasts time.Duration) *Process {
		g := guid(id)
		return t.begin(e, parent, launch{Path: path, Cmd: cmd, User: user, At: g.Time(), ID: g, PID: int(g.PID), For: lasts})
	}
	h := &host{Endpoint: e}
	idle := start(nil, "00000003-0000-0000-01d2-2ec93f6051ee", system32+"ntoskrnl.exe", "", "", 0)
	idle.ParentID = guid("00000003-0000-0004-01d2-2ec93f6051ee") // never recorded
	h.kernel = start(idle, "00000003-0000-0004-01d2-2ec93f7c7181", system32+"ntoskrnl.exe", "", "SYSTEM", 0)
	smss := start(h.kernel, "00000003-0000-0218-01d2-2ec93f813429", system32+"smss.exe", `\SystemRoot\System32\smss.exe`, "SYSTEM", 0)
	first := t.run(smss, launch{Path: system32 + "smss.exe", Cmd: `\SystemRoot\System32\smss.exe 00000000 00000030`, At: at("2016-10-25 14:08:25.702"), PID: 0x26c, For: 600 * time.Millisecond})
	t.run(first, launch{Path: system32 + "csrss.exe", Cmd: csrss, At: at("2016-10-25 14:08:25.921"), PID: 0x28c})
	wininit := t.run(first, launch{Path: system32 + "wininit.exe", Cmd: "wininit.exe", At: at("2016-10-25 14:08:26.203"), PID: 0x2a8})
	t.serviceTree(h, wininit, at("2016-10-25 14:08:26.410"))
	second := start(smss, "00000003-0000-02b0-01d2-2ec94115df7a", system32+"smss.exe", `\SystemRoot\System32\smss.exe 00000001 00000030`, "SYSTEM", 400*time.Millisecond)
	t.run(second, launch{Path: system32 + "csrss.exe", Cmd: csrss, At: at("2016-10-25 14:08:26.271"), PID: 0x2b8})
	h.winlogon = start(second, "00000003-0000-02ec-01d2-2ec9412b4b70", system32+"winlogon.exe", "winlogon.exe", "SYSTEM", 0)
	user := `WIN-IA9NQ1GN8OI\bit9rad`
	userinit := start(h.winlogon, "00000003-0000-0618-01d2-2ec94edef208", system32+"userinit.exe", `C:\Windows\system32\userinit.exe`, user, 26*time.Second)
	h.explorer = start(userinit, "00000003-0000-0c34-01d2-2ec94f09cae6", `c:\windows\explorer.exe`, `C:\Windows\Explorer.EXE`, user, 0)
	return h
}

// bootLinux starts a Linux server.
func (t *teller) bootLinux(e *Endpoint) *host {
	h := &host{Endpoint: e}
	up := e.Booted
	h.kernel = t.begin(e, nil, launch{Path: "/usr/lib/systemd/systemd", Cmd: "/usr/lib/systemd/systemd --switched-root --system --deserialize 21", User: "root", At: up, PID: 1})
	h.services = h.kernel
	h.lsass = t.run(h.kernel, launch{Path: "/usr/sbin/sshd", Cmd: "/usr/sbin/sshd -D", At: up.Add(4 * time.Second)})
	h.svchost = t.run(h.kernel, launch{Path: "/usr/sbin/crond", Cmd: "/usr/sbin/crond -n", At: up.Add(5 * time.Second)})
	h.sensor = t.run(h.kernel, launch{Path: "/usr/sbin/cbdaemon", Cmd: "/usr/sbin/cbdaemon", At: up.Add(6 * time.Second)})
	return h
}

// bootMac starts a Mac and logs its user on.
func (t *teller) bootMac(e *Endpoint) *host {
	h := &host{Endpoint: e}
	up := e.Booted
	h.kernel = t.begin(e, nil, launch{Path: "/sbin/launchd", Cmd: "/sbin/launchd", User: "root", At: up, PID: 1})
	h.services = h.kernel
	h.sensor = t.run(h.kernel, launch{Path: "/Applications/CarbonBlack/CbOsxSensorService", Cmd: "/Applications/CarbonBlack/CbOsxSensorService", At: up.Add(5 * time.Second)})
	h.winlogon = t.run(h.kernel, launch{Path: "/System/Library/CoreServices/loginwindow.app/Contents/MacOS/loginwindow", Cmd: "/System/Library/CoreServices/loginwindow.app/Contents/MacOS/loginwindow console", At: up.Add(8 * time.Second)})
	h.explorer = t.run(h.kernel, launch{Path: "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder", Cmd: "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder", User: e.User, At: up.Add(40 * time.Second)})
	return h
}
