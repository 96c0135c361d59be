package story

import (
	"strconv"
	"time"
)

// disks is the class of registry keys under which Windows notes storage devices.
const disks = `{53f56307-b6bf-11d0-94f2-00a0c91efb8b}`

// plug tells that a USB disk was plugged in: Windows installs it and notes it in the registry.
func (t *teller) plug(h *host, when time.Time, vendor, product, serial string) {
	device := `disk&ven_` + vendor + `&prod_` + product + `&rev_1.27#` + serial + `&0`
	p := t.run(h.svchost, launch{Path: system32 + "drvinst.exe", Cmd: `DrvInst.exe "1" "200" "STORAGE\Volume\_??_USBSTOR#` + device + `" "" "" "5d2d5a7f7" "0000000000000000"`, At: when, For: 4 * time.Second})
	t.registry(p, when.Add(time.Second), KeyCreated, `\registry\machine\system\currentcontrolset\enum\usbstor\disk&ven_`+vendor+`&prod_`+product+`&rev_1.27\`+serial+`&0`)
	t.registry(p, when.Add(1100*time.Millisecond), KeyCreated, `\registry\machine\system\currentcontrolset\control\deviceclasses\`+disks+`\##?#usbstor#`+device+`#`+disks)
	t.registry(p, when.Add(1200*time.Millisecond), ValueWritten, `\registry\machine\system\currentcontrolset\control\deviceclasses\`+disks+`\##?#usbstor#`+device+`#`+disks+`\#\control\linked`)
	t.registry(h.svchost, when.Add(2*time.Second), ValueWritten, `\registry\machine\software\microsoft\windows portable devices\devices\`+serial+`\friendlyname`)
}

// devices tells of the USB disks of the week.
func (t *teller) devices(hosts map[string]*host) {
	t.plug(hosts["WS-FIN-02"], day(9, 9, 14), "sandisk", "cruzer_glide", "4c530001281116101484")
	t.plug(hosts["WS-SAL-02"], day(10, 11, 2), "kingston", "datatraveler_3.0", "60a44c3fac6cf031d9a8004e")
	t.plug(hosts["WS-ENG-03"], day(10, 15, 47), "wd", "my_passport_0820", "57584331413634574c564e39")
	t.plug(hosts["WS-FIN-02"], day(11, 8, 51), "sandisk", "cruzer_glide", "4c530001281116101484")
	e := hosts["WS-FIN-02"].explorer
	for i := range 6 {
		t.write(e, day(11, 8, 53).Add(time.Duration(i)*4*time.Second), `e:\backup\ledger `+strconv.Itoa(2011+i)+`.xlsx`, "", TypeDocx)
	}
}

// autoruns tells of programs that set themselves up to start again, wanted and unwanted.
func (t *teller) autoruns(hosts map[string]*host) {
	for _, a := range []struct{ host, program, key string }{
		{"WS-SAL-01", `c:\users\nsingh\downloads\toolbar.exe`, `\software\microsoft\windows\currentversion\run\freebar`},
		{"WS-HR-02", `c:\program files\brightwater\intranet.exe`, `\software\microsoft\windows\currentversion\run\intranet`},
		{"WS-ENG-04", `c:\program files\mozilla firefox\firefox.exe`, `\software\microsoft\windows\currentversion\runonce\firefox`},
	} {
		h := hosts[a.host]
		when := newRandom(a.host+"autorun").within(day(10, 9, 0), day(10, 16, 0))
		p := t.run(h.explorer, launch{Path: a.program, Cmd: `"` + a.program + `" /setup`, At: when, For: 90 * time.Second})
		t.registry(p, when.Add(2*time.Second), ValueWritten, `\registry\user\`+p.UID+a.key)
		t.connect(p, when.Add(3*time.Second), "203.0.113.61:80", "dl."+base(a.program)+".example")
	}
	h := hosts["SRV-WEB01"]
	when := day(8, 3, 12)
	msi := t.run(h.services, launch{Path: system32 + "msiexec.exe", Cmd: `C:\Windows\system32\msiexec.exe /V`, At: when, For: 3 * time.Minute})
	t.registry(msi, when.Add(40*time.Second), KeyCreated, `\registry\machine\system\currentcontrolset\services\bwagent`)
	t.registry(msi, when.Add(41*time.Second), ValueWritten, `\registry\machine\system\currentcontrolset\services\bwagent\imagepath`)
	t.drop(msi, when.Add(35*time.Second), `c:\program files\bwbackup\bwagent.exe`)
}

// hostile tells of command lines that are made to hurt whoever looks at them.
func (t *teller) hostile(h *host) {
	t0 := day(10, 14, 20)
	shell := t.run(h.explorer, launch{Path: system32 + "cmd.exe", Cmd: `"C:\Windows\system32\cmd.exe" `, At: t0, For: time.Hour})
	for i, cmd := range []string{
		"echo \x1b[2J\x1b[1;1H\x1b]0;all clear\x07\x1b[32mno threats found\x1b[0m",
		`=cmd|'/C calc.exe'!A0`,
		`@SUM(1+1)*cmd|' /C calc'!A0`,
		`echo "quoted "" twice", 'single', back\slash\`,
		"echo \u202Egpj.exe \u00fcml\u00e4ut \u4e2d\u6587 \U0001f600 a\u0301",
		`echo <script>alert("report")</script><img src=x onerror=alert(1)>`,
		"echo first line\r\nsecond line\tand a tab",
		"echo | pipes || in | events |true|",
		"echo broken \xff\xfe bytes",
		`echo {{.Secret}} ${HOME} %PATH% $(id)`,
	} {
		when := t0.Add(time.Duration(30+40*i) * time.Second)
		p := t.run(shell, launch{Path: system32 + "cmd.exe", Cmd: cmd, At: when, For: 200 * time.Millisecond})
		if i == 0 {
			t.write(p, when.Add(50*time.Millisecond), "c:\\users\\public\\\x1b[31mred\x07.txt", "", TypeUnknown)
		}
	}
}
