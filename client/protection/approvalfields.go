package protection

import "github.com/cbscript/cbscript/client"

// approvalRequestFields: names and types are those of the vendor's public reference of the API, version 7.2.
var approvalRequestFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the request"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file that is asked for"},
	{Name: "installerFileCatalogId", Type: client.Int, Doc: "number of its installer; 0 when it has none"},
	{Name: "processFileCatalogId", Type: client.Int, Doc: "number of the program that was to run it"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "computerName", Type: client.Text, Doc: "name of the computer"},
	{Name: "policyId", Type: client.Int, Doc: "number of the policy that it had then"},
	{Name: "enforcementLevel", Type: client.Int, Doc: "enforcement level that it had then"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file"},
	{Name: "pathName", Type: client.Text, Doc: "folder of the file"},
	{Name: "process", Type: client.Text, Doc: "path of the program that was to run it"},
	{Name: "customRuleId", Type: client.Int, Doc: "number of the rule that blocked it"},
	{Name: "multipleBlocks", Type: client.Bool, Doc: "whether several files were blocked"},
	{Name: "requestType", Type: client.Int, Doc: "what is asked for: 1 an approval, 2 a justification is given"},
	{Name: "requestorComments", Type: client.Text, Doc: "what the user wrote"},
	{Name: "requestorEmail", Type: client.Text, Doc: "address of the user"},
	{Name: "priority", Type: client.Int, Doc: "how urgent it is: 0 high, 1 medium, 2 low"},
	{Name: "status", Type: client.Int, Doc: "state: StatusSubmitted, StatusOpen or StatusClosed"},
	{Name: "resolution", Type: client.Int, Doc: "outcome: ResolutionNotResolved and so on"},
	{Name: "resolutionComments", Type: client.Text, Doc: "what the analyst wrote"},
	{Name: "createdBy", Type: client.Text, Doc: "who asked"},
	{Name: "createdByUserId", Type: client.Int, Doc: "number of the user who asked"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "modifiedByUserId", Type: client.Int, Doc: "number of the user who changed it"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was asked"},
	{Name: "dateModified", Type: client.Time, Doc: "when it last changed"},
}
