package story

import (
	"strconv"
	"time"
)

// guideCounts are how often the user of WIN-IA9NQ1GN8OI ran the programs of the guide's histogram. Of all that bit9rad
// ran, guideTotal processes, they are the shares that the guide prints: 23.4, 15.4, 8.6, 6.0, 4.7, 4.0 and 3.5 percent.
var guideCounts = []struct {
	path, cmd string
	count     int
}{
	{chromePath, `"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe" --type=renderer`, 160},
	{system32 + "thumbnailextractionhost.exe", `C:\Windows\system32\ThumbnailExtractionHost.exe -Embedding`, 105},
	{`c:\program files (x86)\common files\adobe\arm\1.0\adobearm.exe`, `"C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe" /PRODUCT:Reader`, 59},
	{system32 + "taskhost.exe", `taskhost.exe USER`, 41},
	{system32 + "conhost.exe", `\??\C:\Windows\system32\conhost.exe 0x4`, 32},
	{system32 + "ping.exe", `ping  -t 192.168.215.2`, 27},
	{system32 + "wermgr.exe", `"C:\Windows\system32\wermgr.exe" "-queuereporting"`, 24},
}

const guideTotal = 683

// guideOthers are programs that bit9rad ran less often than any in the histogram, at most 23 times each.
var guideOthers = []struct{ path, cmd string }{
	{system32 + "notepad.exe", `"C:\Windows\system32\NOTEPAD.EXE" C:\Users\bit9rad\Desktop\todo.txt`},
	{system32 + "rundll32.exe", `"C:\Windows\system32\rundll32.exe" C:\Windows\system32\shell32.dll,Control_RunDLL`},
	{system32 + "dllhost.exe", `C:\Windows\system32\DllHost.exe /Processid:{E10F6C3A-F1AE-4ADC-AA9D-2FE65525666E}`},
	{`c:\program files\internet explorer\iexplore.exe`, `"C:\Program Files\Internet Explorer\iexplore.exe" SCODEF:3300 CREDAT:14337`},
	{system32 + "mmc.exe", `"C:\Windows\system32\mmc.exe" "C:\Windows\system32\eventvwr.msc" `},
	{system32 + "ipconfig.exe", `ipconfig  /all`},
	{system32 + "tasklist.exe", `tasklist  /svc`},
	{system32 + "mspaint.exe", `"C:\Windows\system32\mspaint.exe" `},
	{system32 + "servermanager.exe", `"C:\Windows\system32\ServerManager.exe" `},
	{system32 + `windowspowershell\v1.0\powershell.exe`, `"C:\Windows\system32\WindowsPowerShell\v1.0\powershell.exe" `},
	{`c:\users\bit9rad\appdata\local\google\update\googleupdate.exe`, `"C:\Users\bit9rad\AppData\Local\Google\Update\GoogleUpdate.exe" /c`},
	{system32 + "regedt32.exe", `"C:\Windows\system32\regedt32.exe"`},
	{system32 + "calc.exe", `"C:\Windows\system32\calc.exe" `},
}

// guideLife fills the days of WIN-IA9NQ1GN8OI so that its user ran exactly guideTotal processes, each of which is one
// document. It must be told last of what happens there.
func (t *teller) guideLife(h *host) {
	r := newRandom("guide life")
	from, until := h.explorer.Start.Add(10*time.Minute), at("2016-11-11 18:30:00")
	n := 0
	run := func(path, cmd string) {
		n++
		when := r.within(from, until)
		p := t.run(h.explorer, launch{Path: path, Cmd: cmd, At: when, For: r.span(2*time.Second, 20*time.Minute)})
		if path == chromePath {
			site := pick(r, sites[2:])
			t.connect(p, when.Add(time.Second), site.address, site.domain)
		}
	}
	told := 0
	for _, p := range t.all {
		if p.Endpoint == h.Endpoint && p.User == h.explorer.User {
			told++
		}
	}
	for _, g := range guideCounts {
		for i := range g.count - t.ran(h, base(g.path)) {
			cmd := g.cmd
			if g.path == chromePath {
				cmd += " --channel=" + strconv.Itoa(3000+i)
			}
			run(g.path, cmd)
		}
	}
	for i := 0; told+n < guideTotal; i++ {
		other := guideOthers[i%len(guideOthers)]
		run(other.path, other.cmd)
	}
}

// ran counts how often the user of an endpoint ran a program.
func (t *teller) ran(h *host, name string) int {
	n := 0
	for _, p := range t.all {
		if p.Endpoint == h.Endpoint && p.User == h.explorer.User && p.Name == name {
			n++
		}
	}
	return n
}
