package story

import "time"

// loads records the libraries that every process of its platform loads at its start.
func (t *teller) loads(p *Process) {
	when := p.Start.Add(time.Millisecond)
	if p.Binary != nil {
		p.Modloads = append(p.Modloads, Modload{Time: when, Binary: p.Binary, Path: p.Path})
	}
	for i, path := range libraries(p) {
		t.load(p, when.Add(time.Duration(i+1)*2*time.Millisecond), path)
	}
}

func libraries(p *Process) []string {
	switch p.Endpoint.Platform {
	case Linux:
		return []string{"/usr/lib64/ld-2.17.so", "/usr/lib64/libc-2.17.so"}
	case MacOS:
		return []string{"/usr/lib/dyld"}
	}
	if p.PID <= 4 {
		return []string{system32 + "hal.dll"}
	}
	list := []string{system32 + "ntdll.dll", system32 + "kernel32.dll", system32 + "kernelbase.dll"}
	switch p.Name {
	case "smss.exe", "csrss.exe":
		return list[:1]
	case "chrome.exe":
		return append(list, system32+"user32.dll", system32+"ws2_32.dll", `c:\program files (x86)\google\chrome\application\54.0.2840.87\chrome.dll`)
	case "net.exe":
		return append(list, system32+"mpr.dll", system32+"netutils.dll", system32+"drprov.dll", system32+"ntlanman.dll")
	case "powershell.exe":
		return append(list, system32+"mscoree.dll", `c:\windows\microsoft.net\framework64\v4.0.30319\clr.dll`, system32+"ws2_32.dll")
	case "svchost.exe", "services.exe", "lsass.exe":
		return append(list, system32+"rpcrt4.dll", system32+"sechost.dll")
	case "explorer.exe", "outlook.exe", "winword.exe", "excel.exe":
		return append(list, system32+"user32.dll", system32+"shell32.dll", system32+"ole32.dll", system32+"comctl32.dll")
	}
	return append(list, system32+"msvcrt.dll", system32+"advapi32.dll")
}
