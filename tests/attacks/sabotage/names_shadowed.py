# Names of builtins and modules bound anew below the answers.
# verdict: others passed
# %% end
float = int = list = dict = len = sum = zip = range = max = min = sorted = set = enumerate = None
torch = nn = F = Tensor = math = Counter = defaultdict = SPECIAL_TOKENS = END = PAD = None
