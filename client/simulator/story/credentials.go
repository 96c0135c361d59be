package story

import "time"

// Windows access rights that matter in the story.
const (
	allAccess  = 0x1fffff
	readMemory = 0x1410 // query information, read memory, query limited information
)

// steal tells how passwords are read out of lsass.exe, and how the intruder tries in vain to get rid of the sensor.
func (t *teller) steal(f foothold) {
	t0 := day(10, 16, 52)
	tool := `c:\programdata\winhelp\pd64.exe`
	t.drop(f.beacon, t0.Add(-20*time.Second), tool)
	dump := t.run(f.beacon, launch{Path: tool, Cmd: tool + ` -accepteula -ma lsass.exe c:\programdata\winhelp\l.dmp`, User: "SYSTEM", At: t0, For: 6 * time.Second})
	t.touch(dump, f.lsass, t0.Add(700*time.Millisecond), ProcessHandle, allAccess, false)
	t.write(dump, t0.Add(5*time.Second), `c:\programdata\winhelp\l.dmp`, "", TypeUnknown)
	mimi := `c:\programdata\winhelp\m64.exe`
	t.drop(f.beacon, t0.Add(100*time.Second), mimi)
	m := t.run(f.beacon, launch{Path: mimi, Cmd: mimi + ` "privilege::debug" "sekurlsa::logonpasswords" exit`, User: "SYSTEM", At: t0.Add(2 * time.Minute), For: 4 * time.Second})
	t.touch(m, f.lsass, t0.Add(121*time.Second), ProcessHandle, readMemory, false)
	t.touch(f.beacon, f.explorer, t0.Add(3*time.Minute), ProcessHandle, allAccess, false)
	t.touch(f.beacon, f.explorer, t0.Add(3*time.Minute+40*time.Millisecond), RemoteThread, allAccess, false)
	t.touch(f.beacon, f.explorer, t0.Add(3*time.Minute+90*time.Millisecond), ThreadHandle, 0x1a, false)
	t.tamper(f, day(10, 17, 5))
	t.report(f.lsass, t0.Add(10*time.Minute))
}

// tamper tells attempts against the sensor itself.
func (t *teller) tamper(f foothold, t0 time.Time) {
	t.touch(f.beacon, f.sensor, t0, ProcessHandle, 1, true)
	f.beacon.Filemods = append(f.beacon.Filemods, Filemod{Time: t0.Add(2 * time.Second), Op: FileDeleted, Path: `c:\windows\carbonblack\cb.exe`, Tamper: true})
	f.beacon.Regmods = append(f.beacon.Regmods, Regmod{Time: t0.Add(3 * time.Second), Op: ValueWritten, Path: `\registry\machine\system\currentcontrolset\services\carbonblack\start`, Tamper: true})
	sc := t.run(f.beacon, launch{Path: system32 + "sc.exe", Cmd: `sc  stop carbonblack`, User: "SYSTEM", At: t0.Add(5 * time.Second), For: 200 * time.Millisecond})
	t.touch(sc, f.services, t0.Add(5100*time.Millisecond), ProcessHandle, readMemory, false)
}

// ban tells how an administrator bans what was found, and what is blocked from then on.
func (t *teller) ban(second *host) {
	when := day(11, 9, 12)
	dropper := t.files.program(second.Endpoint, "svch0st.exe")
	mimi := t.files.program(second.Endpoint, "m64.exe")
	t.story.Bans = []Ban{
		{MD5: dropper.MD5, Text: "dropper from the invoice mail, see ticket 4711", By: "jcole", Time: when},
		{MD5: mimi.MD5, Text: "mimikatz", By: "jcole", Time: when.Add(4 * time.Minute)},
	}
	path := `c:\users\` + second.User + `\downloads\svch0st.exe`
	t.drop(second.explorer, when.Add(31*time.Minute), path)
	for i := range 3 {
		second.explorer.Blocks = append(second.explorer.Blocks, Block{
			Time: when.Add(32*time.Minute + time.Duration(i)*9*time.Second), Binary: dropper, Path: path,
			Cmdline: `"C:\Users\` + second.User + `\Downloads\svch0st.exe" `, User: second.explorer.User, UID: second.explorer.UID,
		})
	}
}
