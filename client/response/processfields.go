package response

import "github.com/cbscript/cbscript/client"

// processFields is the process's document. The server's field names are given as they are on the wire; a computed
// attribute of the same name hides the field.
//
// Source: contract/response.md, section 13, "Search row"; contract/fields/response/process.json.
var processFields = []client.Field{
	{Name: "id", Type: client.Any, Doc: "process guid"},
	{Name: "segment_id", Type: client.Any, Doc: "number of the segment that the row is about"},
	{Name: "unique_id", Type: client.Any, Doc: "process guid with the segment"},
	{Name: "process_name", Type: client.Any, Doc: "name of its image"},
	{Name: "process_md5", Type: client.Any, Doc: "MD5 of its image, in lower case"},
	{Name: "process_pid", Type: client.Any, Doc: "its number on the endpoint"},
	{Name: "path", Type: client.Any, Doc: "path of its image"},
	{Name: "cmdline", Type: client.Any, Doc: "its command line"},
	{Name: "start", Type: client.Any, Doc: "when it started"},
	{Name: "end", Type: client.Any, Doc: "when it ended"},
	{Name: "last_update", Type: client.Any, Doc: "time of its last event, by the endpoint's clock"},
	{Name: "last_server_update", Type: client.Any, Doc: "when the server last learnt of it"},
	{Name: "terminated", Type: client.Any, Doc: "whether it has ended"},
	{Name: "username", Type: client.Any, Doc: "user that it ran as"},
	{Name: "uid", Type: client.Any, Doc: "number of that user"},
	{Name: "hostname", Type: client.Any, Doc: "name of the endpoint"},
	{Name: "sensor_id", Type: client.Any, Doc: "number of the endpoint's sensor"},
	{Name: "group", Type: client.Any, Doc: "name of the sensor's group"},
	{Name: "host_type", Type: client.Any, Doc: "workstation, server or domain_controller"},
	{Name: "os_type", Type: client.Any, Doc: "windows, osx or linux"},
	{Name: "parent_id", Type: client.Any, Doc: "process guid of its parent, in some documents"},
	{Name: "parent_unique_id", Type: client.Any, Doc: "process guid and segment of its parent"},
	{Name: "parent_pid", Type: client.Any, Doc: "its parent's number on the endpoint"},
	{Name: "parent_name", Type: client.Any, Doc: "name of its parent's image"},
	{Name: "parent_md5", Type: client.Any, Doc: "MD5 of its parent's image"},
	{Name: "comms_ip", Type: client.Any, Doc: "address from which the sensor spoke to the server"},
	{Name: "interface_ip", Type: client.Any, Doc: "address of the endpoint's interface"},
	{Name: "modload_count", Type: client.Any, Doc: "how many modules it loaded"},
	{Name: "filemod_count", Type: client.Any, Doc: "how many file modifications it made"},
	{Name: "regmod_count", Type: client.Any, Doc: "how many registry modifications it made"},
	{Name: "netconn_count", Type: client.Any, Doc: "how many network connections it had"},
	{Name: "childproc_count", Type: client.Any, Doc: "how many processes it started"},
	{Name: "crossproc_count", Type: client.Any, Doc: "how many cross-process events it was part of"},
	{Name: "emet_count", Type: client.Any, Doc: "how many EMET mitigations it met"},
	{Name: "processblock_count", Type: client.Any, Doc: "how many blocked executions it was part of"},
	{Name: "filtering_known_dlls", Type: client.Any, Doc: "whether loads of well-known libraries were left out"},
	{Name: "watchlists", Type: client.Any, Doc: "watchlists that it matched: dicts of wid and value, the time"},
	{Name: "binaries", Type: client.Any, Doc: "what the server knows of the modules that it loaded, by MD5"},
}
