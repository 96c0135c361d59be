package story

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// habit is something that happens on endpoints every day, and how often compared with the others.
type habit struct {
	weight int
	do     func(t *teller, h *host, r *random, when time.Time)
}

// desk are the habits of people at Windows workstations.
func desk() []habit {
	return []habit{
		{24, browse}, {8, mail}, {5, spreadsheet}, {4, document}, {9, hostTasks}, {6, console}, {5, errorReport},
		{5, searchIndexer}, {5, googleUpdate}, {4, adobeUpdate}, {3, windowsUpdate}, {3, javaUpdate}, {3, ping}, {4, comServer},
		{2, readPDF}, {2, quiet},
	}
}

// room are the habits of Windows servers.
func room() []habit {
	return []habit{
		{8, hostTasks}, {6, console}, {6, wmiPoll}, {5, scheduled}, {4, errorReport}, {3, windowsUpdate}, {3, comServer},
		{3, logonUI}, {2, backup}, {2, quiet},
	}
}

// live lets a Windows endpoint do what it does every day, times a day, from its start to the story's clock.
func (t *teller) live(h *host, habits []habit, times int) {
	r := newRandom("live " + h.Name)
	total := 0
	for _, b := range habits {
		total += b.weight
	}
	until := h.LastSeen
	for from := h.Booted.Add(time.Hour); from.Before(until); from = from.AddDate(0, 0, 1) {
		for range times {
			when := workingTime(r, from, h.Role == Workstation)
			if !when.Before(until) || when.Before(h.Booted.Add(time.Hour)) {
				continue
			}
			n := r.below(total)
			for _, b := range habits {
				if n -= b.weight; n < 0 {
					b.do(t, h, r, when)
					break
				}
			}
		}
	}
	for _, p := range []*Process{h.svchost, h.lsass, h.kernel} {
		t.serve(p, r, until)
	}
}

// workingTime gives a time of the day: in office hours for people, at any hour for machines.
func workingTime(r *random, day time.Time, person bool) time.Time {
	midnight := day.Truncate(24 * time.Hour)
	if person {
		return r.within(midnight.Add(7*time.Hour+30*time.Minute), midnight.Add(17*time.Hour+30*time.Minute))
	}
	return r.within(midnight, midnight.Add(24*time.Hour))
}

// serve gives a service that runs all the time something to do each day, sent in a report of its own.
func (t *teller) serve(p *Process, r *random, until time.Time) {
	if p == nil || p.Endpoint.Platform != Windows {
		return
	}
	for day := p.Start.Add(2 * time.Hour); day.Before(until); day = day.AddDate(0, 0, 1) {
		when := r.within(day, day.Add(time.Hour))
		if !when.Before(until) {
			return
		}
		t.registry(p, when, ValueWritten, `\registry\machine\software\microsoft\windows nt\currentversion\schedule\taskcache\tasks\state`)
		if p.Name == "svchost.exe" {
			t.netconn(p, Netconn{Time: when.Add(time.Second), Remote: netip.MustParseAddrPort("10.20.3.21:53"), Protocol: UDP, Domain: "dc01.brightwater.example", Outbound: true})
		}
		t.report(p, when.Add(r.span(30*time.Second, 5*time.Minute)))
	}
}

// profile is the folder of the endpoint's user.
func (h *host) profile() string {
	if h.User == "" {
		return `c:\users\administrator`
	}
	return `c:\users\` + h.User
}

// desktop is the process that people start programs from; on servers that is the service control manager.
func (h *host) desktop() *Process {
	if h.explorer != nil {
		return h.explorer
	}
	return h.services
}

const chromePath = `c:\program files (x86)\google\chrome\application\chrome.exe`

// sites are what people look at.
var sites = []struct{ domain, address string }{
	{"www.brightwater.example", "10.20.2.27:443"}, {"mail.brightwater.example", "10.20.2.26:443"},
	{"news.example", "198.51.100.12:443"}, {"www.example.com", "93.184.216.34:80"}, {"cdn.shop.example", "203.0.113.18:443"},
	{"maps.example.net", "198.51.100.66:443"}, {"weather.example.org", "203.0.113.9:80"}, {"travel.example", "198.51.100.140:443"},
	{"ads.tracker.example", "203.0.113.140:443"}, {"ipv6.example", "[2001:db8:5::80]:443"},
}

func browse(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.desktop(), launch{Path: chromePath, Cmd: `"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe" --type=renderer --enable-features=NetworkPrediction --service-pipe-token=` + strconv.Itoa(r.below(1e9)), At: when, For: r.span(20*time.Second, 50*time.Minute)})
	for i := range r.between(1, 5) {
		site := pick(r, sites)
		c := Netconn{
			Time: when.Add(time.Duration(i+1) * 700 * time.Millisecond), Remote: netip.MustParseAddrPort(site.address),
			Protocol: TCP, Domain: site.domain, Outbound: true,
		}
		if h.Group.Name == "Workstations" && r.chance(15) {
			c.Proxy = netip.MustParseAddrPort("10.20.0.8:3128")
		}
		t.netconn(p, c)
	}
	t.write(p, when.Add(3*time.Second), h.profile()+`\appdata\local\google\chrome\user data\default\cache\f_`+strconv.FormatInt(int64(r.below(1<<24)), 16), "", TypeUnknown)
}

func mail(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.desktop(), launch{Path: `c:\program files\microsoft office 15\root\office15\outlook.exe`, Cmd: `"C:\Program Files\Microsoft Office 15\root\office15\OUTLOOK.EXE"`, At: when, For: r.span(5*time.Minute, 4*time.Hour)})
	t.connect(p, when.Add(2*time.Second), "10.20.2.26:443", "mail.brightwater.example")
	t.registry(p, when.Add(3*time.Second), ValueWritten, `\registry\user\`+p.UID+`\software\microsoft\office\15.0\outlook\profiles\outlook\0a0d020000000000c000000000000046\000b046b`)
}

func editing(name, extension, folder string) func(*teller, *host, *random, time.Time) {
	return func(t *teller, h *host, r *random, when time.Time) {
		file := h.profile() + `\documents\` + folder + strconv.Itoa(r.below(400)) + extension
		p := t.run(h.desktop(), launch{Path: `c:\program files\microsoft office 15\root\office15\` + name, Cmd: `"C:\Program Files\Microsoft Office 15\root\office15\` + strings.ToUpper(name) + `" "` + file + `"`, At: when, For: r.span(2*time.Minute, 2*time.Hour)})
		t.write(p, when.Add(90*time.Second), file, "", TypeDocx)
	}
}

func spreadsheet(t *teller, h *host, r *random, when time.Time) {
	editing("excel.exe", ".xlsx", "figures ")(t, h, r, when)
}

func document(t *teller, h *host, r *random, when time.Time) {
	editing("winword.exe", ".docx", "letter ")(t, h, r, when)
}

func hostTasks(t *teller, h *host, r *random, when time.Time) {
	args := pick(r, []string{"", " $(Arg0)", " SYSTEM", " USER"})
	t.run(h.services, launch{Path: system32 + "taskhost.exe", Cmd: "taskhost.exe" + args, At: when, For: r.span(3*time.Second, 20*time.Minute)})
}

func console(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.desktop(), launch{Path: system32 + "cmd.exe", Cmd: `C:\Windows\system32\cmd.exe /c "C:\scripts\` + pick(r, []string{"inventory", "cleanup", "mapdrives", "checkdisk"}) + `.bat"`, At: when, For: r.span(time.Second, 20*time.Second)})
	t.run(p, launch{Path: system32 + "conhost.exe", Cmd: `\??\C:\Windows\system32\conhost.exe 0xffffffff`, At: when.Add(20 * time.Millisecond), For: p.End.Sub(p.Start) - 30*time.Millisecond})
}

func errorReport(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.svchost, launch{Path: system32 + "wermgr.exe", Cmd: `C:\Windows\system32\wermgr.exe -upload`, At: when, For: r.span(time.Second, 9*time.Second)})
	t.connect(p, when.Add(500*time.Millisecond), "198.51.100.20:443", "watson.telemetry.example")
}

func searchIndexer(t *teller, h *host, r *random, when time.Time) {
	t.run(h.services, launch{Path: system32 + "searchprotocolhost.exe", Cmd: `"C:\Windows\system32\SearchProtocolHost.exe" Global\UsGthrFltPipeMssGthrPipe` + strconv.Itoa(r.below(400)) + `_ Global\UsGthrCtrlFltPipeMssGthrPipe 1 -2147483646 "Software\Microsoft\Windows Search"`, At: when, For: r.span(30*time.Second, 3*time.Minute)})
}

func googleUpdate(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.svchost, launch{Path: `c:\program files (x86)\google\update\googleupdate.exe`, Cmd: `"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe" /ua /installsource scheduler`, At: when, For: r.span(2*time.Second, 40*time.Second)})
	t.connect(p, when.Add(time.Second), "203.0.113.33:443", "tools.google.example")
}

func adobeUpdate(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.desktop(), launch{Path: `c:\program files (x86)\common files\adobe\arm\1.0\adobearm.exe`, Cmd: `"C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe"`, At: when, For: r.span(2*time.Second, 90*time.Second)})
	t.connect(p, when.Add(time.Second), "203.0.113.51:80", "armmf.adobe.example")
}

func windowsUpdate(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.svchost, launch{Path: system32 + "wuauclt.exe", Cmd: `"C:\Windows\system32\wuauclt.exe"`, At: when, For: r.span(time.Minute, 20*time.Minute)})
	t.connect(p, when.Add(time.Second), "10.20.2.30:8530", "srv-wsus01.brightwater.example")
	t.registry(p, when.Add(4*time.Second), ValueWritten, `\registry\machine\software\microsoft\windows\currentversion\windowsupdate\auto update\results\detect\lastsuccesstime`)
}

func javaUpdate(t *teller, h *host, r *random, when time.Time) {
	t.run(h.desktop(), launch{Path: `c:\program files (x86)\common files\java\java update\jusched.exe`, Cmd: `"C:\Program Files (x86)\Common Files\Java\Java Update\jusched.exe"`, At: when, For: r.span(time.Second, time.Minute)})
}

func ping(t *teller, h *host, r *random, when time.Time) {
	target := pick(r, []string{"dc01", "srv-file01", "10.20.0.1", "srv-print01"})
	p := t.run(h.desktop(), launch{Path: system32 + "cmd.exe", Cmd: `"C:\Windows\system32\cmd.exe" `, At: when, For: time.Minute})
	t.run(p, launch{Path: system32 + "ping.exe", Cmd: "ping  -n " + strconv.Itoa(r.between(1, 8)) + " " + target, At: when.Add(5 * time.Second), For: r.span(time.Second, 9*time.Second)})
}

func comServer(t *teller, h *host, r *random, when time.Time) {
	t.run(h.svchost, launch{Path: system32 + "dllhost.exe", Cmd: `C:\Windows\system32\DllHost.exe /Processid:{` + pick(r, []string{"AB8902B4-09CA-4BB6-B78D-A8F59079A8D5", "3EB3C877-1F16-487C-9050-104DBCD66683", "76D0CB12-7604-4048-B83C-1005C7DDC503"}) + `}`, At: when, For: r.span(5*time.Second, 2*time.Minute)})
}

func readPDF(t *teller, h *host, r *random, when time.Time) {
	t.run(h.desktop(), launch{Path: `c:\program files (x86)\adobe\acrobat reader dc\reader\acrord32.exe`, Cmd: `"C:\Program Files (x86)\Adobe\Acrobat Reader DC\Reader\AcroRd32.exe" "` + h.profile() + `\downloads\manual ` + strconv.Itoa(r.below(90)) + `.pdf"`, At: when, For: r.span(time.Minute, time.Hour)})
}

func wmiPoll(t *teller, h *host, r *random, when time.Time) {
	t.run(h.svchost, launch{Path: system32 + `wbem\wmiprvse.exe`, Cmd: `C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding`, User: "NETWORK SERVICE", At: when, For: r.span(time.Minute, 10*time.Minute)})
}

func scheduled(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.svchost, launch{Path: system32 + "taskeng.exe", Cmd: `taskeng.exe {` + strconv.FormatUint(r.next(), 16) + `} S-1-5-18:NT AUTHORITY\System:Service:`, At: when, For: r.span(10*time.Second, 4*time.Minute)})
	t.run(p, launch{Path: system32 + "defrag.exe", Cmd: `"C:\Windows\system32\defrag.exe" -c -h -o`, At: when.Add(time.Second), For: p.End.Sub(p.Start) - 2*time.Second})
}

func logonUI(t *teller, h *host, r *random, when time.Time) {
	t.run(h.winlogon, launch{Path: system32 + "logonui.exe", Cmd: `"LogonUI.exe" /flags:0x0`, At: when, For: r.span(2*time.Second, 40*time.Second)})
}

func backup(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.services, launch{Path: `c:\program files\bwbackup\bwagent.exe`, Cmd: `"C:\Program Files\BWBackup\bwagent.exe" --incremental`, At: when, For: r.span(4*time.Minute, 30*time.Minute)})
	t.connect(p, when.Add(3*time.Second), "10.20.2.28:10000", "srv-backup01.brightwater.example")
}

// quiet is a process that did nothing worth a record of its own.
func quiet(t *teller, h *host, r *random, when time.Time) {
	p := t.run(h.desktop(), launch{Path: system32 + "cmd.exe", Cmd: `cmd.exe /c ver`, At: when, For: 400 * time.Millisecond})
	child := t.run(p, launch{Path: system32 + "find.exe", Cmd: `find  "` + strconv.Itoa(r.below(10)) + `"`, At: when.Add(100 * time.Millisecond), For: 120 * time.Millisecond})
	child.Suppressed = true
}
